"""What a runner is told, by the code of a rule: first what was said, then what to do. It refers, and never
says what anything is, or that it is harmless."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADVICE: dict[str, Promise] = {
    "words_emergency": _(
        "What you wrote can be an emergency. Call your local emergency number, or have somebody take you to"
        " an emergency department now. Don't wait for us or for an appointment."
    ),
    "words_urgent": _(
        "What you wrote asks for a check first: leave the stretches until somebody has seen you. Speak to a"
        " doctor or an urgent-care line today. No running and no stretching until somebody who has examined"
        " you agrees."
    ),
    "words_ask_first": _(
        "You wrote of something that a clinician who knows you should hear of first: ask whether these"
        " stretches are for you, leave those that you are unsure of, and tell us the answer."
    ),
    "words_ask_screening_3": _(
        "Do new pain, tingling, numbness or weakness run down both legs at once, and not only from a hard"
        " run? Then call your local emergency number now. Sore muscles after an effort are something else."
    ),
    "hold_bone_stress": _(
        "You told us of pain in the groin or the front of the hip that running brings on: leave the stretches"
        " until somebody has seen you. Stop running and jumping too, walk as little as you can, and don't"
        " test it by hopping. See a doctor within two or three days; today if you limp, or if it hurts at"
        " rest or at night. Ask: “Could this be a bone stress injury of the hip?” An X-ray can look normal"
        " early; the test is an MRI scan."
    ),
    "hold_down_a_leg": _(
        "You told us of pain down a leg: leave the stretches until somebody has seen you. Book within the"
        " next few days. If one leg grows weak or numb, see a doctor today; if both do, call your local"
        " emergency number."
    ),
    "hold_high": _(
        "You told us of pain %(score)s: leave the stretches until somebody has seen you. Stop running too,"
        " and get advice at once from a professional who can see you."
    ),
    "hold_sharp": _(
        "You told us of sharp pain: leave the stretches until somebody has seen you. Stop running too, and"
        " get advice at once from a professional who can see you."
    ),
    "hold_rising": _(
        "You told us of pain that has risen from one check-in to the next: leave the stretches until somebody"
        " has seen you. Stop running too, and book within the next few days."
    ),
    "hold_limp": _(
        "You told us that running brings pain on, or makes you limp: leave the stretches until somebody has"
        " seen you. Stop running too. If you limp or can't put your full weight on a leg, see a doctor today."
    ),
    "see_physio": _(
        "You told us of pain that stays, or that is worse again the next morning: see a physical therapist."
        " Until then take the easier level, and leave out the movement that brings it on."
    ),
    "level_one": _(
        "You told us of pain that is low but rising: take level 1 of each stretch, with nothing added. Your"
        " coach sees it too."
    ),
    "leave_out_two_days": _(
        "You told us that it was worse the next morning: leave that movement out for %(days)s days, then take"
        " the easier level."
    ),
    "ease": _(
        "You told us of pain %(score)s: ease off now, and take the easier level next time. The next morning"
        " it must be no worse than before you did it. Worse? Leave that movement out for %(days)s days, then"
        " take the easier level."
    ),
    "easier_level": _(
        "You told us that it was worse the morning after: take the easier level of that movement for now."
    ),
    "limps_perhaps": _(
        "If running makes you limp, or you can't put your full weight on a leg, stop and see a doctor today."
    ),
}
# Where the score is not kept, or is not to be shown.
WITHOUT_SCORE: dict[str, Promise] = {
    "hold_high": _(
        "You told us of strong pain: leave the stretches until somebody has seen you. Stop running too, and"
        " get advice at once from a professional who can see you."
    ),
    "ease": _(
        "You told us of some pain: ease off now, and take the easier level next time. The next morning it"
        " must be no worse than before you did it. Worse? Leave that movement out for %(days)s days, then"
        " take the easier level."
    ),
}


def advice(code: str, values: Mapping[str, str]) -> str:
    """Return the words of a code, with "score" where it may be shown and "days", for which a movement is left
    out; an unknown code has none."""
    words = ADVICE.get(code) if values.get("score") else WITHOUT_SCORE.get(code, ADVICE.get(code))
    return str(words) % values if words else ""
