"""The words that Shadow Mode's scripts say, in the reader's language.

``{name}`` in braces is filled in by the script, not by Python.
"""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def shadow_messages() -> dict[str, str]:
    """Give every message of ``static/js/shadow`` by its key."""
    return {**_cards(), **_camera(), **_panel()}


def _cards() -> dict[str, str]:
    return {
        "intro_title": _("Ready for Shadow Mode?"),
        "intro_text": _("Follow the trainer and see yourself beside them, live."),
        "open_camera": _("Turn on the camera"),
        "try_again": _("Try again"),
        "back_home": _("Back to my homework"),
        "starting_title": _("Getting ready…"),
        "starting_text": _("Allow the camera if the browser asks. The first time takes longest."),
        "load_failed_title": _("Something did not load"),
        "load_failed": _(
            "The trainer's video or the body tracking could not be loaded. Check the connection "
            "and try again; an up-to-date Chrome, Edge, Firefox or Safari is needed."
        ),
        "empty_title": _("Nothing to do yet"),
        "empty": _("The exercises of this workout are still being prepared. Come back soon."),
        "session_failed_title": _("The workout could not begin"),
        "session_failed": _(
            "The server did not answer or did not accept the workout. Check the connection, make "
            "sure that you are still logged in, and try again."
        ),
        "finish_question": _("Sets not done yet: {sets}. A finished workout can't be continued."),
        "finishing_title": _("Saving your workout…"),
        "finishing_text": _("Keep this page open until it is done."),
        "offline_title": _("Waiting for the connection…"),
        "offline_text": _(
            "The rest of your workout is kept here and sent as soon as the server answers. Keep "
            "this page open."
        ),
        "finish_failed_title": _("The workout was not saved completely"),
        "finish_failed": _("The server did not accept all of it. What it has is kept."),
        "done_title": _("Well done!"),
        "done_text": _("Your workout is saved and your trainer can see it."),
        "done_unscored": _("Your workout is saved, but there was nothing to score."),
        "see_results": _("See the results"),
    }


def _camera() -> dict[str, str]:
    return {
        "camera_denied_title": _("The camera is not allowed"),
        "camera_denied": _(
            "This page may not use the camera. Click the camera or lock sign beside the address, "
            "allow the camera, then try again."
        ),
        "camera_missing_title": _("No camera found"),
        "camera_missing": _("Connect a camera, or open this page on a phone, then try again."),
        "camera_busy_title": _("The camera is busy"),
        "camera_busy": _(
            "Another program or tab is using the camera. Close it there, then try again."
        ),
        "camera_insecure_title": _("The camera needs a secure address"),
        "camera_insecure": _(
            "Browsers give the camera only to pages whose address begins with https://."
        ),
        "camera_ended_title": _("The camera stopped"),
        "camera_ended": _(
            "It was unplugged or switched off. What you have done is kept: connect it and go on."
        ),
        "camera_failed_title": _("The camera gives no picture"),
        "camera_failed": _("Connect it again or restart the browser, then try again."),
    }


def _panel() -> dict[str, str]:
    return {
        "start": _("Start"),
        "stop": _("Stop"),
        "go_on": _("Go on"),
        "skip_rest": _("Skip rest"),
        "next_set": _("Next set"),
        "set_of": _("Set {set} of {sets}"),
        "exercise_of": _("Exercise {exercise} of {exercises}"),
        "reps": _("Reps"),
        "time_left": _("Time left"),
        "up_next": _("Next: {name}"),
        "seconds": _("{seconds} s"),
        "percent": _("{value}%"),
        "score_green": _("Great match"),
        "score_yellow": pgettext("match", "Close"),
        "score_red": _("Off track"),
        "score_unseen": _("Step into view"),
        "score_none": _("Match"),
        "timeline_saved": _("Everything is saved"),
        "timeline_saving": _("Saving…"),
        "timeline_offline": _("No connection: kept here and sent later"),
    }
