"""The ten questions before the course, in words of their own, and what each answer asks for.

An answer is kept by its code, so a code never changes its meaning; with other words comes another VERSION.
Slugs are those of the course's stretches, and "self-check".
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenge.models import SafetyLevel

VERSION = "2026-11"
NO = "no"
# Of somebody whose answers are not kept: one of the list, and not which.
SOME = "some"
EMERGENCY, TODAY, DAYS, ASK = SafetyLevel
Text = Promise | str


class ScreeningChoice(NamedTuple):
    """An answer that is not "no"; `note` is said beside what its level asks for."""

    code: str
    label: Text
    level: SafetyLevel
    note: Text = ""


class Question(NamedTuple):
    code: str
    text: Text
    choices: tuple[ScreeningChoice, ...]
    aside: Text = ""


@dataclass(frozen=True)
class Box:
    """A box of the tenth question. Without a level it only leaves movements out."""

    code: str
    text: Text
    level: SafetyLevel | None = None
    note: Text = ""
    leaves_out: frozenset[str] = frozenset()


def _yes(code: str, level: SafetyLevel, note: Text = "") -> tuple[ScreeningChoice, ...]:
    return (ScreeningChoice(code, _("yes"), level, note),)


QUESTIONS = (
    Question(
        "saddle",
        _("Is feeling between your legs (genitals, buttocks, back passage) newly numb, tingling or odd?"),
        _yes("saddle", EMERGENCY),
    ),
    Question(
        "bladder",
        _("Is it newly hard to start, stop, feel or hold pee or poo?"),
        _yes("bladder", EMERGENCY),
        _("Leaking on runs for years, unchanged: answer no here, and tick it in question 10."),
    ),
    Question(
        "both_legs",
        _("Do new pain, tingling, numbness or weakness run down both legs at once?"),
        _yes("both_legs", EMERGENCY),
        _("Muscles that are sore from a run are not meant."),
    ),
    Question(
        "one_leg",
        _("Is one leg newly weak or numb, or does a foot drop or slap?"),
        _yes(
            "one_leg",
            TODAY,
            _("If the leg gets worse by the hour, or the other joins in, it is an emergency."),
        ),
    ),
    Question(
        "chest",
        _("Chest pain, a faint, or breathlessness out of proportion, running or resting?"),
        (
            ScreeningChoice("chest_now", _("yes, now"), EMERGENCY),
            ScreeningChoice("chest", _("yes, but not now"), TODAY, _("Don't run before you have been seen.")),
        ),
    ),
    Question(
        "bone_stress",
        _(
            "Is there a deep ache in the groin or the front of the hip that running brings on, in the run or"
            " after it?"
        ),
        _yes("bone_stress", DAYS),
    ),
    Question(
        "limp",
        _("Do you limp, or can't you put your full weight on a leg?"),
        (
            ScreeningChoice("limp", _("yes"), TODAY),
            ScreeningChoice("cannot_stand", _("yes: after a fall or a pop I can't stand on it"), EMERGENCY),
        ),
    ),
    Question(
        "fever",
        _("Fever, shivers or feeling ill, together with back, hip or groin pain?"),
        _yes("fever", TODAY),
    ),
    Question(
        "calf",
        _("Is one calf or thigh swollen, hot or changed in colour, without a knock?"),
        _yes("calf", TODAY, _("A swollen leg together with breathlessness is an emergency.")),
    ),
)

BALL, CHILD, COUCH, PRESS_UP = "ball-release", "childs-pose-side-reach", "couch-stretch", "prone-press-up"
HUGGED_KNEE, HALF_KNEELING = "one-leg-long-psoas-stretch", "half-kneeling-hip-flexor"
MARCH, SPLIT_SQUAT, SELF_CHECK = "supine-psoas-march", "split-squat", "self-check"
# A replaced hip: nothing that takes the leg behind the body, or nothing that bends the hip deeply.
LEG_BEHIND = frozenset(
    {"standing-hip-flexor", HALF_KNEELING, COUCH, HUGGED_KNEE, SELF_CHECK, PRESS_UP, "glute-bridge"}
    | {"marching-bridge", "leg-swings", SPLIT_SQUAT, BALL}
)
DEEP_BEND = frozenset({CHILD, HUGGED_KNEE, SELF_CHECK, MARCH, "ninety-ninety-breathing", BALL})

URGENT_BOXES = (
    Box("night_pain", _("pain that wakes me, and no position eases it"), DAYS),
    Box("weight_loss", _("weight loss that I can't explain"), DAYS),
    Box("lump", _("a new lump in the groin, belly, back or a testicle"), DAYS),
    Box("cancer", _("cancer, at any time, and new pain now"), DAYS),
    Box("down_a_leg", _("pain that runs down one leg"), DAYS),
)
ASK_BOXES = (
    Box("pregnant", _("pregnant"), ASK),
    Box("after_birth", _("a birth, and nobody has checked belly and pelvic floor since"), ASK),
    Box("leaking", _("leaking, heaviness or a bulge when I run, the same for a long time"), ASK),
    Box(
        "operation",
        _("in the last year: an operation on belly, groin, hip, knee or back"),
        ASK,
    ),
    Box("fracture", _("in the last year: a fracture, or a bone stress injury"), ASK),
    Box("injection", _("in the last two weeks: a steroid injection in belly, groin, hip, knee or back"), ASK),
    Box("heart", _("aneurysm, Marfan syndrome, heart disease, or a lung disease that limits me"), ASK),
    Box(
        "under_18",
        _("under 18"),
        ASK,
        _("Under 18, both a clinician and a parent have to agree."),
    ),
)
MOVEMENT_BOXES = (
    Box("hip_front", _("hip replacement, done from the front"), leaves_out=LEG_BEHIND),
    Box("hip_back", _("hip replacement, done from the back"), leaves_out=DEEP_BEND),
    Box("hip_unknown", _("hip replacement, I don't know from where"), leaves_out=LEG_BEHIND | DEEP_BEND),
    Box(
        "knee",
        _("knee replacement"),
        leaves_out=frozenset({HALF_KNEELING, COUCH, CHILD, SPLIT_SQUAT}),
    ),
    Box(
        "osteoporosis",
        _("osteoporosis"),
        note=_("With osteoporosis leave strides out too."),
        leaves_out=frozenset({PRESS_UP, BALL, CHILD, HUGGED_KNEE, SELF_CHECK}),
    ),
    Box(
        "stenosis",
        _("stenosis, or a slipped vertebra"),
        note=_("With stenosis or a slipped vertebra: no overhead reach and no leaning back in the others."),
        leaves_out=frozenset({PRESS_UP, BALL}),
    ),
    Box(
        "labrum",
        _("labral tear, or a hip that pinches"),
        note=_("With a labral tear or a pinching hip: never deep over the front leg."),
        leaves_out=frozenset({CHILD, HUGGED_KNEE, SELF_CHECK, MARCH, COUCH, SPLIT_SQUAT}),
    ),
    Box(
        "bendy",
        _("hip dysplasia, or very bendy joints"),
        note=_("With dysplasia or very bendy joints: only the easier ways, and no bed edge."),
        leaves_out=frozenset({COUCH, SELF_CHECK}),
    ),
    Box("hernia", _("hernia"), leaves_out=frozenset({BALL, PRESS_UP})),
    Box("bleeding", _("blood thinners, or a bleeding disorder"), leaves_out=frozenset({BALL})),
    Box(
        "numb_skin",
        _("diabetes or a nerve disease, with numb skin"),
        note=_("Where skin is numb, pad the knees well."),
        leaves_out=frozenset({BALL}),
    ),
    Box(
        "energy",
        _(
            "periods gone for three months with no known reason, a worry about weight or eating, or two bone"
            " stress injuries"
        ),
        note=_("Please see a doctor about energy and bone, and run no strides until then."),
        leaves_out=frozenset({SPLIT_SQUAT}),
    ),
)
