"""What guides a client: hints before a set, the tutorial, and the coach's spoken sentences.

Every joint and side has a whole sentence of its own, since languages decline them differently.
"Left" and "right" are always the client's own. Sentences are spoken: short, and no abbreviations.
"""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words() -> dict[str, str]:
    """Give the guide's messages by their keys."""
    return {
        **_readiness(),
        **_tutorial(),
        **_legs(),
        **_arms(),
        **_trunk(),
        **_coach(),
    }


def _readiness() -> dict[str, str]:
    return {
        "ready_dark": _("It is too dark. Turn on a light in front of you."),
        "ready_nobody": _("Step into the picture."),
        "ready_whole": _("Step back until your whole body is in the picture."),
        "ready_head": _("Your head is cut off. Step back or tilt the camera up."),
        "ready_feet": _("Your feet are cut off. Step back or tilt the camera down."),
        "ready_near": _("Step back: this exercise needs more room."),
        "ready_far": _("Come closer to the camera."),
        "ready_move_left": _("Take a step to your left."),
        "ready_move_right": _("Take a step to your right."),
        "ready_backlit": _("The light is behind you. Turn the camera away from the window."),
        "ready_turn_left": _("Turn {degrees}° to your left, as the trainer stands."),
        "ready_turn_right": _("Turn {degrees}° to your right, as the trainer stands."),
    }


def _tutorial() -> dict[str, str]:
    return {
        "tutorial_stand": _("Stand so that you see yourself from head to foot."),
        # Which arm it is must not be said: it is what is found out.
        "tutorial_raise": _("Raise one arm, just as you see it here."),
        "tutorial_one_arm": _("Only one arm, please."),
        "tutorial_lower": _("Good. Let your arm down again."),
        "tutorial_ready": _("Everything is ready."),
        "gesture_start": _("Hold both arms up to start."),
    }


def _legs() -> dict[str, str]:
    return {
        "cue_knee_left_more": _("Bend the left knee more."),
        "cue_knee_right_more": _("Bend the right knee more."),
        "cue_knee_both_more": _("Bend both knees more."),
        "cue_knee_left_less": _("Straighten the left knee."),
        "cue_knee_right_less": _("Straighten the right knee."),
        "cue_knee_both_less": _("Straighten both knees."),
        "cue_hip_left_more": _("Bend the left hip more."),
        "cue_hip_right_more": _("Bend the right hip more."),
        "cue_hip_both_more": _("Bend more at the hips."),
        "cue_hip_left_less": _("Straighten the left hip."),
        "cue_hip_right_less": _("Straighten the right hip."),
        "cue_hip_both_less": _("Bend less at the hips."),
        "cue_hips_up": _("Lift your hips."),
        "cue_hips_down": _("Lower your hips."),
        "cue_knee_in_less": _("Push your knees outwards."),
        "cue_knee_in_more": _("Bring your knees a little closer together."),
        "cue_stance_more": _("Feet further apart."),
        "cue_stance_less": _("Feet closer together."),
    }


def _arms() -> dict[str, str]:
    return {
        "cue_elbow_left_more": _("Bend the left elbow more."),
        "cue_elbow_right_more": _("Bend the right elbow more."),
        "cue_elbow_both_more": _("Bend both elbows more."),
        "cue_elbow_left_less": _("Straighten the left elbow."),
        "cue_elbow_right_less": _("Straighten the right elbow."),
        "cue_elbow_both_less": _("Straighten both elbows."),
        "cue_shoulder_left_more": _("Raise the left arm higher."),
        "cue_shoulder_right_more": _("Raise the right arm higher."),
        "cue_shoulder_both_more": _("Raise both arms higher."),
        "cue_shoulder_left_less": _("Lower the left arm."),
        "cue_shoulder_right_less": _("Lower the right arm."),
        "cue_shoulder_both_less": _("Lower both arms."),
    }


def _trunk() -> dict[str, str]:
    return {
        "cue_lean_more": _("Lean forward a little more."),
        "cue_lean_less": _("Lean less forward."),
        "cue_tilt_left": _("Lean a little more to the left."),
        "cue_tilt_right": _("Lean a little more to the right."),
    }


def _coach() -> dict[str, str]:
    return {
        "praise_good": pgettext("praise", "Good!"),
        "praise_well_done": pgettext("praise", "Well done!"),
        "praise_rep": _("That was a good one."),
        "praise_form": _("You move just like the trainer."),
        "praise_keep_on": _("Keep going like that."),
        "better_yes": _("Yes, that's it."),
        "better_much": _("Much better."),
        "better_now": _("Now it is right."),
        "count": pgettext("repetition", "{count}"),
        "count_halfway": _("{count}, half way."),
        "count_last": _("One more."),
        "tempo_slower": _("Slower, with the trainer."),
        "tempo_faster": _("A little faster, with the trainer."),
        "tempo_lowering": _("Slower on the way down."),
        "tempo_together": _("Watch the trainer and move together."),
    }
