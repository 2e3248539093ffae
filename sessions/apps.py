from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions"
    # Django's own sessions app holds the label "sessions".
    label = "workout_sessions"
    verbose_name = _("Sessions and reports")
