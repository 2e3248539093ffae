from django.apps import AppConfig


class PresenceConfig(AppConfig):
    name = "processing.presence"
    label = "presence"
