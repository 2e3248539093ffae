from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions"
    # Django's own sessions app holds the label "sessions".
    label = "workout_sessions"
    verbose_name = _("Sessions and reports")

    def ready(self) -> None:
        # Importing them makes the actors and receivers known.
        import_module("sessions.tasks")
        import_module("sessions.deletion")
        import_module("sessions.videos.tasks")
        from processing.sweep import ALSO
        from sessions import joining
        from sessions.notes.services import forget_deleted
        from sessions.review import scoring
        from sessions.taught import finding
        from sessions.videos.running import resend_waiting
        from sessions.videos.services import delete_expired

        ALSO.extend(
            [
                joining.resend_lapsed,
                scoring.resend_lapsed,
                finding.resend_lapsed,
                resend_waiting,
                delete_expired,
                forget_deleted,
            ]
        )
