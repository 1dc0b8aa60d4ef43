"""Thanks alone: a message that wants no answer. A list that is too short costs a coach a glance; one that is
too long loses a question."""

import re
import unicodedata

from django.conf import settings

# Longer ones first where one begins with another; a message of nothing but these is thanks.
PHRASES = (
    "thank you so much",
    "thank you very much",
    "thank you again",
    "thank you",
    "thanks so much",
    "thanks very much",
    "thanks a lot",
    "thanks again",
    "many thanks",
    "thanks",
    "thankyou",
    "thank u",
    "thx",
    "ty",
    "ta",
    "cheers",
    "much appreciated",
    "appreciated",
    "that helps",
    "that helped",
    "got it",
    "will do",
    "understood",
    "okay",
    "ok",
    "great",
    "perfect",
    "lovely",
    "brilliant",
    "super",
)
FILLERS = ("dear", "coach", "and", "for your answer", "for the answer", "for your help", "for that")
# Glad signs alone; a sad face or a cry for help is read by somebody.
SIGNS = frozenset("👍👌🙏🙌👏💪😀😃😄😁😊🙂😉🤗😍🥰❤♥💚💙🧡💛💜🎉✅✔☺🏃")
SMILEYS = re.compile(r"(?<!\w)[:;]-?[)D](?!\w)")
# What an emoji is made of beside its own sign: joiners, the skin's colour, the presentation, the person.
EMOJI_PARTS = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\u2640\u2642]")


def is_thanks(text: str) -> bool:
    """Return whether a message says nothing but thanks."""
    plain = EMOJI_PARTS.sub("", unicodedata.normalize("NFKC", SMILEYS.sub("👍", text)).casefold())
    is_glad = any(sign in SIGNS for sign in plain)
    words = "".join(" " if sign in SIGNS or sign in ".,!;-\n\t" else sign for sign in plain)
    rest = " ".join(words.split())
    left = re.sub(_alone(PHRASES), " ", rest)
    is_said = is_glad or left != rest
    return is_said and not re.sub(_alone((*FILLERS, *_coach())), " ", left).strip()


def _coach() -> list[str]:
    return [word for word in settings.COACH_NAME.casefold().split() if word]


def _alone(phrases: tuple[str, ...]) -> str:
    return rf"(?<!\S)(?:{'|'.join(map(re.escape, phrases))})(?!\S)"
