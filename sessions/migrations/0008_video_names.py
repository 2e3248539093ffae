from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workout_sessions", "0007_taught_faults")]

    operations = [
        migrations.AddField(
            model_name="videoanalysis",
            name="original_name",
            field=models.CharField(blank=True, max_length=120, verbose_name="file"),
        ),
    ]
