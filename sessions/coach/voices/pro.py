"""No-Nonsense Pro: short, direct, fair."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.coach.voices.voice import Voice


def voice() -> Voice:
    return Voice(
        greeting=_("%(name)s, here is your result."),
        headline={
            "green": (
                _("“%(exercise)s”: %(score)s. Solid."),
                _("“%(exercise)s”: %(score)s. Good work."),
            ),
            "yellow": (
                _("“%(exercise)s”: %(score)s. Usable, not there yet."),
                _("“%(exercise)s”: %(score)s. There is something to work on."),
            ),
            "red": (
                _("“%(exercise)s”: %(score)s. This needs work."),
                _("“%(exercise)s”: %(score)s. First the basics."),
            ),
            "unsure": (_("“%(exercise)s”: between %(low)s and %(high)s. Too uncertain to call."),),
            "other_exercise": (_("This does not look like “%(exercise)s”. No score."),),
            "not_visible": (
                _(
                    "Too little was visible to score “%(exercise)s”. That says nothing about your "
                    "form."
                ),
            ),
            "too_short": (_("“%(exercise)s”: too short for a score."),),
        },
        part=(_("%(part)s: %(score)s. Good."), _("%(part)s: %(score)s. Strong.")),
        full=lambda n: ngettext("%(count)d rep, full range.", "%(count)d reps, all full range.", n),
        tempo=_("Tempo fits: %(client)s s a rep, the trainer’s %(trainer)s s."),
        symmetry=_("Left and right: no measurable difference."),
        stability=_("No measurable extra sway."),
        fatigue=_("No measurable fade through the set."),
        better=_("%(before)s before, %(now)s now. Real progress."),
        count=lambda n: ngettext("%(count)d rep done.", "%(count)d reps done.", n),
        seen=_("The recording is clear enough to score."),
        cues={
            "depth less": _("Go deeper."),
            "depth more": _("Not so deep."),
            "valgus more": _("Knee outwards, over the toes."),
            "valgus less": _("Knee inwards, over the toes."),
            "trunk_lean more": _("Chest up."),
            "trunk_lean less": _("Lean forward more."),
            "trunk_lean side": _("Side lean: match the trainer."),
            "asymmetry": _("Load both sides equally."),
            "half_range": _("Full range, every rep."),
            "too_fast": _("Slow down."),
            "too_slow": _("Speed up."),
            "wrong_phase": _("Stay in sync with the trainer."),
            "not_extended": _("Straighten fully."),
            "arm_position": _("Fix the arm position."),
            "leg_position": _("Fix the leg position."),
        },
        leads=(_("For next time."), _("Your task for next time.")),
        closing=(_("See you at the next session."), _("Get it done.")),
    )
