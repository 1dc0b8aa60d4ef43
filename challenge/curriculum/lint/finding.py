"""What the linter says: a place, a line and a word of advice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing to mend: the key of the field, the line within it from 1 on, and what to do."""

    place: str
    line: int
    message: str


def in_order(findings: list[Finding]) -> list[Finding]:
    """Each finding once, by line within its field, the fields as they came."""
    places = list(dict.fromkeys(finding.place for finding in findings))
    return sorted(dict.fromkeys(findings), key=lambda finding: (places.index(finding.place), finding.line))


def shown(text: str) -> str:
    """A piece of the coach's text as a message may show it: short, and with no invisible signs."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:60])
