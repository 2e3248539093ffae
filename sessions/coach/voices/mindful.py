"""Mindful Aligner: calm, attentive, without judgement."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.coach.voices.voice import Voice


def voice() -> Voice:
    return Voice(
        greeting=_("Hello, %(name)s. Take a calm breath."),
        headline={
            "green": (
                _("“%(exercise)s”: %(score)s. Your movement is in harmony with the trainer’s."),
                _("“%(exercise)s”: %(score)s. Notice how well this movement flows."),
            ),
            "yellow": (
                _("“%(exercise)s”: %(score)s. The movement is finding its line."),
                _("“%(exercise)s”: %(score)s. Something is in place, something asks for care."),
            ),
            "red": (
                _("“%(exercise)s”: %(score)s. A place to begin, without judgement."),
                _("“%(exercise)s”: %(score)s. Let us return to the foundations, gently."),
            ),
            "unsure": (
                _(
                    "“%(exercise)s”: between %(low)s and %(high)s. It can’t be told more clearly "
                    "today, and that is all right."
                ),
            ),
            "other_exercise": (
                _(
                    "This seems to be another movement than “%(exercise)s”. It stays without a "
                    "score."
                ),
            ),
            "not_visible": (
                _(
                    "Too little could be seen to score “%(exercise)s”. What is not seen is not "
                    "judged."
                ),
            ),
            "too_short": (
                _("“%(exercise)s” ended before it could be scored. Give the movement more time."),
            ),
        },
        part=(
            _("%(part)s, %(score)s: well aligned with the trainer."),
            _("%(part)s, %(score)s: in harmony with the trainer."),
        ),
        full=lambda n: ngettext(
            "%(count)d complete rep, from beginning to end.",
            "%(count)d complete reps, each from beginning to end.",
            n,
        ),
        tempo=_("Your rhythm is near the trainer’s: %(client)s s and %(trainer)s s a rep."),
        symmetry=_("Left and right are in balance: no difference could be measured."),
        stability=_("Your stance is calm: no extra sway could be measured."),
        fatigue=_("The quality stays through the set: no decline could be measured."),
        better=_("From %(before)s to %(now)s: patience shows."),
        count=lambda n: ngettext(
            "You stayed with it for %(count)d rep.", "You stayed with it for %(count)d reps.", n
        ),
        seen=_("You made time for yourself, and it could be seen clearly enough."),
        cues={
            "depth less": _("Let yourself sink a little deeper."),
            "depth more": _("Not so deep: let the movement end with the trainer’s."),
            "valgus more": _("Guide the knee gently outwards, over the toes."),
            "valgus less": _("Guide the knee gently inwards, over the toes."),
            "trunk_lean more": _("Lengthen the trunk and let the chest rise."),
            "trunk_lean less": _("Allow the trunk to lean forward a little more."),
            "trunk_lean side": _("Bring the trunk back to the trainer’s line, without side lean."),
            "asymmetry": _("Share the work equally between left and right."),
            "half_range": _("Follow every rep through its full range."),
            "too_fast": _("Give every rep more time."),
            "too_slow": _("Let the movement flow a little faster."),
            "wrong_phase": _("Listen to the trainer’s rhythm and move in sync with it."),
            "not_extended": _("Straighten fully at the end, without force."),
            "arm_position": _("Let the arm find the trainer’s line."),
            "leg_position": _("Let the leg find the trainer’s line."),
        },
        leads=(_("An invitation for next time."), _("Next time, with curiosity.")),
        closing=(_("Be kind to yourself."), _("Breathe, and carry on.")),
    )
