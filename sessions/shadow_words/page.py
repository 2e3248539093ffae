"""What the page itself says: cards, camera, panel, results."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sessions.words import BONE_WORDS


def words() -> dict[str, str]:
    """Give the page's own messages by their keys."""
    return {**_cards(), **_camera(), **_panel(), **_privacy(), **_results()}


def _cards() -> dict[str, str]:
    return {
        "intro_title": _("Ready for Shadow Mode?"),
        "intro_plan": _("Follow the trainer, live. Exercises: {exercises}, sets: {sets}."),
        "open_camera": _("Turn on the camera"),
        "resume_title": _("You left a workout unfinished"),
        "resume_text": _("Sets done: {done} of {sets}. Everything is kept on this device."),
        "resume_go": _("Go on with it"),
        "resume_finish": _("Finish it as it is"),
        "resume_discard": _("Discard it"),
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
        "finish_question": _("Sets not done yet: {sets}. A finished workout can't be continued."),
        "done_title": _("Well done!"),
        "done_saving": _("Saving your workout…"),
        "done_saved": _("Your workout is saved and your trainer can see it."),
        "done_offline": _(
            "No connection: your workout is kept on this device and sent as soon as there is one. "
            "You may close this page."
        ),
        "done_login": _(
            "You are logged out: your workout is kept on this device and sent after you log in."
        ),
        "done_refused": _("The server did not accept all of it. What it has is kept."),
        "see_results": _("See all results"),
        "log_in_again": _("Log in again"),
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
        "pause": _("Pause"),
        "go_on": _("Go on"),
        "skip_rest": _("Skip rest"),
        "next_set": _("Next set"),
        "set_of": _("Set {set} of {sets}"),
        "exercise_of": _("Exercise {exercise} of {exercises}"),
        "paused_text": _("{name}, set {set} of {sets}. The set goes on where it was."),
        "reps": _("Reps"),
        "time_left": _("Time left"),
        "tempo_trainer": _("trainer {tempo}"),
        "amount_reps": _("reps: {reps}"),
        "amount_seconds": _("{seconds} s"),
        "seconds": _("{seconds} s"),
        "percent": _("{value}%"),
        "score_green": _("Great match"),
        "score_yellow": pgettext("match", "Close"),
        "score_red": _("Off track"),
        "score_unseen": _("Step into view"),
        "score_none": _("Match"),
        "now_set": _("Go!"),
        "now_rest": _("Rest"),
        "now_stopped": _("Paused"),
        "stage_orbit": _("The trainer and you in 3D; turn with the arrow keys"),
        "timeline_saved": _("Everything is saved"),
        "timeline_saving": _("Saving…"),
        "timeline_offline": _("No connection: kept here and sent later"),
        "timeline_login": _("Logged out: kept here and sent after you log in"),
    }


def _privacy() -> dict[str, str]:
    return {
        "level_numbers": _("Only numbers"),
        "level_skeleton": _("Skeleton"),
        "level_silhouette": _("Silhouette video"),
        "level_video": _("Video"),
        "privacy_now": _("In this workout: {level}."),
        "is_sent": _("Sent:"),
        "is_kept": _("Not sent:"),
    }


def _results() -> dict[str, str]:
    return {
        "verdict_green": _("Great work"),
        "verdict_yellow": _("Getting there"),
        "verdict_red": _("Needs practice"),
        "verdict_unseen": _("Nothing was measured"),
        "outcome_set": _("set {set}"),
        "outcome_reps_of": _("reps: {reps} of {goal}"),
        "outcome_reps": _("reps: {reps}"),
        "outcome_time": _("time: {time}"),
        "moment_best": _("Your best moment"),
        "moment_worst": _("Worth a second look"),
        "moment_where": _("{name}, set {set}, {time}"),
        "moment_all_good": _("Every limb is where the trainer has it."),
        "moment_not_along": _("Your posture was close, but you did not move with the trainer."),
        "moment_limb": _("Look at this: {limb}."),
        "figure_trainer": _("Trainer"),
        "figure_client": _("You"),
        "advice_title": _("What to try next"),
        "advice_nothing": _(
            "No movement was recorded. Start again, and stay on the page until the end."
        ),
        "advice_unseen": _(
            "You were out of sight {share}% of the time. Put the camera farther away, so that "
            "your whole body is in the picture, and switch on a light."
        ),
        "advice_limb": _("Watch this part of your body next time: {limb}."),
        "advice_late": _(
            "You follow {lag} s behind the trainer. That costs nothing, but try to move along: "
            "the rhythm is part of the exercise."
        ),
        "advice_slower": _("Try it with the trainer at 0.75× speed: first exact, then quick."),
        "advice_good": _("Keep it up. Your trainer sees this result and will answer."),
        **{f"bone_{name}": str(word) for name, word in BONE_WORDS.items()},
    }
