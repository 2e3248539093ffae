"""Hype Beast: loud, warm, never louder than the numbers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.coach.voices.voice import Voice


def voice() -> Voice:
    return Voice(
        greeting=_("Hey %(name)s!"),
        headline={
            "green": (
                _("%(score)s on “%(exercise)s”. That is fire!"),
                _("Boom! “%(exercise)s” at %(score)s. What a session!"),
            ),
            "yellow": (
                _("%(score)s on “%(exercise)s”. There is more in there, let’s go get it!"),
                _("“%(exercise)s” is at %(score)s. That is the base, now we build!"),
            ),
            "red": (
                _("“%(exercise)s”: %(score)s today. An honest number with big room to grow!"),
                _("%(score)s on “%(exercise)s”. Every comeback starts with a number like that!"),
            ),
            "unsure": (
                _(
                    "“%(exercise)s”: somewhere between %(low)s and %(high)s. I can’t pin it down, "
                    "and I won’t fake it!"
                ),
            ),
            "other_exercise": (
                _(
                    "This does not look like “%(exercise)s”, so there is no score. Put the right "
                    "video on and bring it!"
                ),
            ),
            "not_visible": (
                _(
                    "Too little of you could be seen to score “%(exercise)s”. That says nothing "
                    "about your moves: sort the camera and go again!"
                ),
            ),
            "too_short": (
                _(
                    "“%(exercise)s” was over too soon for a score. Give me more reps and we have "
                    "a number!"
                ),
            ),
        },
        part=(
            _("%(part)s at %(score)s: that is crisp!"),
            _("%(part)s at %(score)s. Love it!"),
        ),
        full=lambda n: ngettext(
            "%(count)d rep, full range. Beast!", "All %(count)d reps full range. Beast!", n
        ),
        tempo=_("Tempo on point: %(client)s s a rep, the trainer’s %(trainer)s s!"),
        symmetry=_("Left and right are one team: no measurable difference. Sweet!"),
        stability=_("Steady: no measurable extra sway. Love it!"),
        fatigue=_("The last reps hold up like the first: no measurable fade. Awesome!"),
        better=_("Up from %(before)s to %(now)s, and that is no accident. Look at that!"),
        count=lambda n: ngettext(
            "%(count)d rep is in the bank!", "%(count)d reps are in the bank!", n
        ),
        seen=_("The session is recorded, and clear enough to score. That counts!"),
        cues={
            "depth less": _("Get lower, own that bottom position!"),
            "depth more": _("Not so deep: stop right where the trainer does!"),
            "valgus more": _("Drive the knee outwards, over the toes!"),
            "valgus less": _("Bring the knee a touch inwards, over the toes!"),
            "trunk_lean more": _("Chest up, stand tall!"),
            "trunk_lean less": _("Lean in more, right onto the trainer’s line!"),
            "trunk_lean side": _("Trunk to the centre, like a tower!"),
            "asymmetry": _("Make both sides work equally, no free rides!"),
            "half_range": _("All the way! Full range on every rep!"),
            "too_fast": _("Slow it down and feel the power!"),
            "too_slow": _("Pick up the pace and ride with the trainer!"),
            "wrong_phase": _("Get in sync with the trainer: move when they move!"),
            "not_extended": _("Finish it: straighten all the way!"),
            "arm_position": _("Arms on the trainer’s line!"),
            "leg_position": _("Legs on the trainer’s line!"),
        },
        leads=(_("New mission for next time!"), _("Next time we level up!")),
        closing=(_("You’ve got this!"), _("Keep that energy!")),
        formal=False,
    )
