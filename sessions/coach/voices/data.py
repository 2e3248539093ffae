"""Data Scientist: the numbers, how sure they are, and nothing else."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.coach.voices.voice import Voice


def voice() -> Voice:
    return Voice(
        greeting=_("Hello, %(name)s."),
        headline={
            "green": (
                _(
                    "“%(exercise)s”: %(score)s, 90%% interval %(low)s to %(high)s. Agreement with "
                    "the trainer is high."
                ),
                _(
                    "“%(exercise)s” agrees with the trainer at %(score)s (90%% interval %(low)s to "
                    "%(high)s): a high match."
                ),
            ),
            "yellow": (
                _(
                    "“%(exercise)s”: %(score)s, 90%% interval %(low)s to %(high)s. Agreement with "
                    "the trainer is partial."
                ),
            ),
            "red": (
                _(
                    "“%(exercise)s”: %(score)s, 90%% interval %(low)s to %(high)s. Agreement with "
                    "the trainer is low."
                ),
            ),
            "unsure": (
                _(
                    "“%(exercise)s”: 90%% interval %(low)s to %(high)s. That is too wide for a "
                    "verdict."
                ),
            ),
            "other_exercise": (
                _("The movement does not look like “%(exercise)s”, so no score was computed."),
            ),
            "not_visible": (
                _(
                    "Too little of the body was visible to score “%(exercise)s”. This is missing "
                    "data, not a result."
                ),
            ),
            "too_short": (_("“%(exercise)s”: the recording is too short to compute a score."),),
        },
        part=(_("%(part)s: high agreement, %(score)s (interval %(low)s to %(high)s)."),),
        full=lambda n: ngettext(
            "Range: full in %(count)d rep.", "Range: full in all %(count)d reps.", n
        ),
        tempo=_("Tempo: %(client)s s a rep, the trainer’s %(trainer)s s."),
        symmetry=_("Symmetry: left and right do not differ beyond the noise."),
        stability=_("Stability: no sway beyond the trainer’s could be measured."),
        fatigue=_("Fatigue: no decline within a set could be measured."),
        better=_("Trend: %(before)s before, %(now)s now; the intervals do not overlap."),
        count=lambda n: ngettext(
            "Volume: %(count)d rep recorded.", "Volume: %(count)d reps recorded.", n
        ),
        seen=_("Data: enough was visible to compute a score."),
        cues={
            "depth less": _("Increase the depth."),
            "depth more": _("Reduce the depth to the trainer’s."),
            "valgus more": _("Move the knee outwards, in line with the foot."),
            "valgus less": _("Move the knee inwards, in line with the foot."),
            "trunk_lean more": _("Reduce the forward lean."),
            "trunk_lean less": _("Increase the forward lean."),
            "trunk_lean side": _("Bring the side lean to the trainer’s."),
            "asymmetry": _("Make left and right equal."),
            "half_range": _("Use the full range in every rep."),
            "too_fast": _("Slow down to the trainer’s tempo."),
            "too_slow": _("Speed up to the trainer’s tempo."),
            "wrong_phase": _("Get in sync with the trainer’s phases."),
            "not_extended": _("Straighten fully at the end of the movement."),
            "arm_position": _("Adjust the position of the arm."),
            "leg_position": _("Adjust the position of the leg."),
        },
        leads=(_("An experiment for next time."), _("A hypothesis to test next time.")),
        closing=(_("Until the next measurement."), _("The next recording will tell.")),
        tells_noise=True,
    )
