from importlib import import_module

import dramatiq
from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class ProcessingConfig(AppConfig):
    name = "processing"
    verbose_name = _("Video processing")

    def ready(self) -> None:
        # Actors bind to the broker that is set when their module is imported.
        dramatiq.set_broker(import_string(settings.BROKER_FACTORY)(settings.BROKER_URL))
        import_module("processing.tasks")
