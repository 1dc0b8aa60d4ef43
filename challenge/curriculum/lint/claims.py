"""The promises and diagnoses that a coach may not mail."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from challenge.curriculum.lint.reading import sentences


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


_PROMISE = _any(
    r"cur(?:e|es|ed|ing)(?:-alls?)?",
    r"guarant(?:ee|ees|eed|eeing)",
    r"heal(?:s|ed)?\s+you(?:r|rself)?",
    r"fix(?:es|ed)?\s+your?",
    r"pain[\s-]free",
    r"miracl(?:e|es)|miraculous(?:ly)?",
    r"100\s?(?:%|per\s?cent)",
    r"you(?:\s+a|['\u2019])re\s+(?:perfectly\s+)?(?:fine|healthy)",
    r"nothing\s+is\s+wrong\s+with\s+you",
    r"safe\s+for\s+(?:everyone|everybody|all|anyone)",
    r"(?:completely|perfectly|totally|always)\s+safe",
    r"risk[\s-]free|no\s+risk",
    r"once\s+and\s+for\s+all",
    r"(?:always|never\s+fails?\s+to)\s+works?",
    r"(?:clinically|scientifically)\s+proven",
    r"prevents?\s+(?:all\s+)?injur(?:y|ies)",
    r"injury[\s-]proof",
    r"never\s+(?:be|get)\s+(?:hurt|injured)(?:\s+again)?",
)
_HYPE = _any(
    r"amazing(?:ly)?",
    r"incredibl[ey]",
    r"game[\s-]chang(?:er|ing)",
    r"life[\s-]chang(?:er|ing)",
    r"revolutionary",
    r"secrets?\s+(?:of|to|that)",
    r"unlock(?:s|ing)?",
    r"supercharge[sd]?",
    r"effortless(?:ly)?",
    r"instant(?:ly)?",
)
_CONDITION = _any(
    r"sciatica",
    r"(?:spinal\s+)?stenosis",
    r"herniat(?:ed|ion)s?",
    r"(?:slipped|bulging)\s+discs?",
    r"disc\s+(?:problems?|trouble|bulges?|ruptures?)",
    r"(?:trapped|pinched)\s+nerves?",
    r"tendinopathy|tendinitis|tendonitis",
    r"plantar\s+fasciitis",
    r"labral\s+tears?",
    r"piriformis\s+syndrome",
    r"runner['\u2019]s\s+knee",
    r"arthritis",
    r"(?:low(?:er)?[\s-])?back\s+pain",
    r"(?:knee|hip|foot|leg|groin|chronic|your)\s+pain",
)
_CLAIM = _any(
    r"caus(?:es|ed|ing)",
    r"leads?\s+to",
    r"led\s+to",
    r"means?",
    r"due\s+to",
    r"comes?\s+from",
    r"because\s+of",
    r"results?\s+in",
    r"you\s+have",
    r"you['\u2019]ve",
    r"pain\s+is",
    r"(?:is|are)\s+(?:a|the)\s+(?:sign|result|cause)",
)
_HEDGE = _any(
    r"may|might|can|could|cannot|can['\u2019]t|perhaps|possibly|possible|sometimes",
    r"if|whether|not|nobody|no|unless|seldom|rarely",
)


def claims(text: str, *, diagnoses: bool) -> Iterator[tuple[int, str]]:
    """Yield offset and advice for each promise, each word of hype and, if asked, each certain diagnosis."""
    for found in _PROMISE.finditer(text):
        yield (
            found.start(),
            _('"%(words)s" promises more than anyone can keep. Say what it may do, or leave it out.')
            % {"words": " ".join(found[0].split())},
        )
    for found in _HYPE.finditer(text):
        yield (
            found.start(),
            _('"%(words)s" sounds like an advertisement. Say plainly what happens.')
            % {"words": " ".join(found[0].split())},
        )
    if diagnoses:
        yield from _diagnoses(text)


def _diagnoses(text: str) -> Iterator[tuple[int, str]]:
    for offset, sentence in sentences(text):
        named = _CONDITION.search(sentence)
        if named and _CLAIM.search(sentence) and not _HEDGE.search(sentence):
            yield (
                offset + named.start(),
                _('"%(words)s" is stated as certain here. Say that it may or can be so; we do not diagnose.')
                % {"words": " ".join(named[0].split())},
            )
