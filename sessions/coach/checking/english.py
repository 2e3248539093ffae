"""How English is read."""

from __future__ import annotations

import re
from typing import Final

from sessions.coach.checking.lexicon import Lexicon, pattern

_BODY: Final = (
    "knees?|hips?|thighs?|elbows?|shoulders?|ankles?|arms?|forearms?|legs?|sides?|foot|hand|wrist"
)

_COMMON: Final = """
    what can be nothing there here let out its will
    the and your you than with that this of to it are not more less next time trainer
    trainer’s rep reps keep at for from was were could each every all both little while
    movement between
"""

ENGLISH: Final = Lexicon(
    letters=re.compile(r"[a-z]"),
    common=frozenset(_COMMON.split()),
    foreign=re.compile(r"(?!)"),
    joints={
        "knee": pattern(r"knees?"),
        "hip": pattern(r"hips?", r"thighs?"),
        "elbow": pattern(r"elbows?"),
        "shoulder": pattern(r"shoulders?"),
        "ankle": pattern(r"ankles?"),
        "trunk": pattern(
            *(r"trunk", r"torso", r"chest", r"upper body", r"lean(?:s|ed|ing)?"),
            r"(?:your|the|a|straight|flat|round(?:ed)?|lower|upper) back",
        ),
    },
    areas={
        "arm": (pattern(r"arms?"), ("shoulder", "elbow")),
        "leg": (pattern(r"legs?"), ("hip", "knee", "ankle")),
    },
    elsewhere=pattern(
        *(r"wrists?", r"necks?", r"heads?", r"chin", r"spine\w*", r"spinal", r"pelvi\w+"),
        *(r"glut\w+", r"hamstrings?", r"quad\w*", r"cal(?:f|ves)", r"core", r"abs", r"hands?"),
        *(r"fingers?", r"jaw", r"shins?", r"forearms?", r"lats?", r"waist", r"belly", r"face"),
    ),
    feet=pattern(r"toes?", r"foot", r"feet", r"heels?"),
    left=pattern(r"left(?!-?over)"),
    # "Right" is a side only where a part of the body says so: "stop right there".
    right=re.compile(
        rf"\bright(?=(?:-hand)?\s+(?:\w+\s+)?(?:{_BODY})\b)|(?<=left and )right\b|"
        r"(?<=left or )right\b|\bright(?= (?:and|or) left)|(?<=on the )right\b|(?<=your )right\b|"
        r"(?<=left/)right\b"
    ),
    both=pattern(r"both"),
    units=(
        (re.compile(r"°|degrees?\b|deg\b"), "deg"),
        (re.compile(r"%|percent\b|per cent\b|points?\b|pts\b"), "score"),
        (re.compile(r"s\b|secs?\b|seconds?\b"), "s"),
        (re.compile(r"(?:\w+\s+)?(?:reps?|repetitions?)\b"), "count"),
        (re.compile(r"cm\b|centimet\w+"), "cm"),
    ),
    before=(
        (re.compile(r"\b(?:reps?|repetitions?)\s+(?:number\s+|no\.?\s+)?$"), "rep"),
        (re.compile(r"\bgrade(?: is| of)?\s+$"), "grade"),
    ),
    to=r"\s*(?:–|-|to|and|or|of|,)\s*",
    hundred=re.compile(r"\s*(?:of|out of|/)\s*100\b"),
    numerals=(
        (pattern(r"zero"), 0),
        (pattern(r"two"), 2),
        (pattern(r"three"), 3),
        (pattern(r"four"), 4),
        (pattern(r"five"), 5),
        (pattern(r"six"), 6),
        (pattern(r"seven"), 7),
        (pattern(r"eight"), 8),
        (pattern(r"nine"), 9),
        (pattern(r"ten"), 10),
        (pattern(r"eleven"), 11),
        (pattern(r"twelve"), 12),
        (
            pattern(
                *(r"\w+teen", r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?", r"dozens?"),
                *(r"hundreds?", r"thousands?", r"half", r"halves", r"twice", r"doubl\w+"),
                *(r"tripl\w+", r"thirds?", r"quarters?", r"second(?! set)", r"percent\w*ile"),
                *(r"\w+fold", r"thrice", r"pair"),
            ),
            None,
        ),
    ),
    praise=pattern(
        *(r"good", r"great\w*", r"excellent\w*", r"crisp", r"solid", r"nice\w*", r"strong\w*"),
        *(r"clean\w*", r"awesome", r"amazing\w*", r"fire", r"beast", r"love it", r"sweet", r"wow"),
        *(r"well done", r"brilliant\w*", r"impressive\w*", r"spot on", r"on point", r"best"),
        *(r"beautiful\w*", r"fantastic\w*", r"superb\w*", r"well aligned", r"harmony", r"correct"),
        *(r"accurate\w*", r"precise\w*", r"fine", r"splendid", r"wonderful\w*", r"outstanding"),
        *(r"bravo", r"congrat\w*", r"how it is done", r"agreement is high", r"high agreement"),
        *(r"high match", r"what a session", r"lovely", r"terrific", r"nailed\w*", r"crush\w*"),
        *(r"perfect\w*", r"flawless\w*", r"ideal\w*", r"textbook", r"impeccabl\w+", r"steady"),
        *(r"well controlled", r"controlled", r"stable", r"right on", r"real progress", r"flows"),
        *(
            r"excel\w*",
            r"master\w*",
            r"proud",
            r"super\w*",
            r"smooth\w*",
            r"sharp",
            r"(?:very|so|how|works?|moves?|went|holds?) well",
        ),
    ),
    absolute=pattern(
        *(r"perfect\w*", r"flawless\w*", r"ideal\w*", r"textbook", r"impeccabl\w+", r"faultless"),
        *(
            r"nothing to (?:fix|improve|change|correct)",
            r"no (?:mistake|fault|error|flaw|problem)s?",
        ),
        *(r"without (?:a )?(?:mistake|fault|error|flaw)s?", r"error-free", r"best ever"),
    ),
    blame=pattern(
        *(r"wrong\w*", r"bad\w*", r"poor\w*", r"mistakes?", r"errors?", r"faults?", r"faulty"),
        *(r"incorrect\w*", r"problems?", r"weak\w*", r"fail\w*", r"sloppy", r"terribl\w+"),
        *(r"awful\w*", r"messy", r"lazy", r"worst", r"worse", r"disappoint\w*", r"flaws?"),
        *(r"issues?", r"needs work", r"lack\w*", r"miss(?:es|ed)", r"suffer\w*", r"struggl\w*"),
        *(r"unsafe", r"compensat\w*", r"cheat\w*"),
    ),
    never=pattern(
        *(
            r"pain\w*",
            r"injur\w*",
            r"hurt\w*",
            r"danger\w*",
            r"doctors?",
            r"diagnos\w*",
            r"ligament\w*",
        ),
        *(r"medic\w*", r"therap\w*", r"tear", r"damage\w*", r"surg\w*", r"calori\w*", r"diet\w*"),
        *(r"weight loss", r"lose weight", r"stupid", r"fat", r"ugly", r"idiot\w*", r"pathetic"),
        *(r"arthr\w*", r"physio\w*", r"sprain\w*", r"heal\w*", r"disease\w*", r"guarantee\w*"),
    ),
    topics={
        "reps": pattern(r"full range", r"complete reps?", r"whole reps?"),
        "tempo": pattern(r"tempo", r"rhythm", r"pace"),
        "symmetry": pattern(r"left and right", r"symmetr\w+", r"both sides"),
        "stability": pattern(r"sway\w*", r"stance", r"stab\w+"),
        "fatigue": pattern(r"fade\w*", r"last reps", r"fatigue", r"through the set", r"decline"),
        "trend": pattern(r"before", r"up from", r"progress", r"trend", r"last time", r"improve\w*"),
    },
    corrections=(
        (
            pattern(
                r"deeper",
                r"get low\w*",
                r"sink\w*",
                r"more depth",
                r"increase the depth",
                r"too shallow",
                r"not deep enough",
            ),
            ("depth:less", "half_range"),
        ),
        (
            pattern(r"shallower", r"not so deep", r"too deep", r"reduce the depth", r"less depth"),
            ("depth:more",),
        ),
        (pattern(r"lower"), ("depth:less", "half_range", "arm_position:more", "leg_position:more")),
        (
            pattern(r"higher"),
            ("depth:more", "arm_position:less", "leg_position:less", "trunk_lean:more"),
        ),
        (
            re.compile(r"\boutwards?\b(?!.*\bthan\b)|\bknees? out\b"),
            ("valgus:more", "angle:knee_valgus:more"),
        ),
        (re.compile(r"\boutwards?\b.*\bthan\b"), ("valgus:less", "angle:knee_valgus:less")),
        (re.compile(r"\binwards?\b(?!.*\bthan\b)"), ("valgus", "angle:knee_valgus")),
        (re.compile(r"\binwards?\b.*\bthan\b"), ("valgus:more", "angle:knee_valgus:more")),
        (pattern(r"cav(?:e|es|ed|ing)", r"collaps\w*", r"knock\w*", r"valgus"), ("valgus:more",)),
        (pattern(r"upright", r"tall", r"chest (?:up|high)", r"chest rise"), ("trunk_lean:more",)),
        (pattern(r"lean\w*", r"hunch\w*", r"tilt\w*", r"slouch\w*"), ("trunk_lean",)),
        (
            pattern(
                r"uneven\w*",
                r"asymm\w*",
                r"unequal\w*",
                r"imbalanc\w*",
                r"equal\w*",
                r"evenly",
                r"both sides",
                r"one side",
                r"favou?r\w*",
            ),
            ("asymmetry",),
        ),
        (pattern(r"differ\w*"), ("asymmetry", "-symmetry")),
        (pattern(r"balance\w*"), ("+symmetry", "+stability")),
        (
            pattern(
                r"half[- ]?reps?",
                r"partial reps?",
                r"partial range",
                r"incomplete",
                r"cut\w* short",
                r"full range",
                r"whole movement",
                r"all the way",
                r"complete reps?",
            ),
            ("half_range", "depth:less", "not_extended", "+reps"),
        ),
        (
            pattern(
                r"slow\w* (?:\w+ )?down",
                r"slower(?! than)",
                r"too (?:fast|quick\w*)",
                r"rush\w*",
                r"hurr\w+",
                r"more time",
                r"faster than",
                r"count slowly",
            ),
            ("too_fast", "verdict:too_short"),
        ),
        (
            pattern(
                r"speed\w* up",
                r"faster(?! than)",
                r"quicker",
                r"pick up the pace",
                r"too slow\w*",
                r"slower than",
                r"linger\w*",
            ),
            ("too_slow",),
        ),
        (
            pattern(
                r"(?:in|out of) sync",
                r"synchroni\w+",
                r"out of step",
                r"too (?:early|late)",
                r"timing",
                r"out of phase",
                r"late",
                r"early",
            ),
            ("wrong_phase",),
        ),
        (
            pattern(r"straight\w*", r"extend\w*", r"extension", r"lock\w* out"),
            ("not_extended", "arm_position:more", "leg_position:more"),
        ),
        (pattern(r"bend\w*", r"bent", r"flex\w*"), ("angle:flexion",)),
        (pattern(r"rais\w*", r"lift\w*"), ("angle:shoulder", "leg_position:less")),
        (
            pattern(
                r"wider",
                r"narrower",
                r"closer together",
                r"further (?:out|apart)",
                r"apart",
                r"to the side",
                r"to the middle",
                r"to the body",
            ),
            ("arm_position", "angle:hip_abduction", "angle:shoulder"),
        ),
        (
            pattern(r"sway\w*", r"wobbl\w*", r"unsteady", r"unstable", r"shak(?:y|e|es|ing)"),
            ("stability:sways", "-stability"),
        ),
        (
            pattern(
                r"tired\w*",
                r"tiring",
                r"fatigue\w*",
                r"fad(?:e|es|ed|ing)",
                r"declin\w*",
                r"drops? off",
                r"worse",
            ),
            ("fatigue:falls", "-fatigue"),
        ),
        (pattern(r"falls", r"fell", r"dropped"), ("fatigue:falls", "trend:down")),
        (
            pattern(
                r"improved",
                r"improvement\w*",
                r"progress\w*",
                r"up from",
                r"better than",
                r"rose",
                r"risen",
                r"gained",
                r"no accident",
            ),
            ("trend:up",),
        ),
        (pattern(r"last time", r"previous\w*", r"since", r"trend\w*", r"used to"), ("~trend",)),
        (
            pattern(
                r"rotat\w*",
                r"twist\w*",
                r"shrug\w*",
                r"arch\w*",
                r"round\w*",
                r"flar\w*",
                r"turn\w* (?:in|out)\w*",
                r"tuck\w*",
                r"squeez\w*",
                r"heavier",
                r"lighter",
            ),
            (),
        ),
    ),
    markers=pattern(
        *(r"need\w*", r"should", r"must", r"have to", r"try", r"keep\w*", r"push\w*", r"pull\w*"),
        *(r"press\w*", r"driv\w+", r"mov(?:e|es|ed|ing)", r"bring", r"shift\w*", r"open\w*"),
        *(r"clos\w+", r"drop\w*", r"watch", r"fix", r"adjust", r"correct\w*", r"improv\w*"),
        *(r"work on", r"more", r"less", r"too", r"not enough", r"away", r"drift\w*", r"wander\w*"),
        *(r"behind", r"ahead", r"off", r"let", r"allow", r"guide", r"get\w*", r"take"),
        *(r"stop\w*", r"mind", r"control", r"beyond", r"insufficient\w*", r"trail\w*", r"sag\w*"),
    ),
    less=pattern(r"less", r"reduc\w+", r"decreas\w+", r"fewer"),
    more=pattern(r"more", r"increas\w+"),
    than=pattern(r"than"),
    negation=pattern(r"no", r"not", r"without", r"n[’']t", r"never", r"\w+n[’']t"),
    unseen=pattern(r"visible", r"seen", r"see", r"in the picture", r"hidden", r"unseen"),
)
