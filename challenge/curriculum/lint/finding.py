"""The findings of the linter."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A fault: the key of the field, the line within it from 1 on, and advice."""

    place: str
    line: int
    message: str


def in_order(findings: list[Finding]) -> list[Finding]:
    """Return each finding once, by line within its field; the fields keep their order."""
    places = list(dict.fromkeys(finding.place for finding in findings))
    return sorted(dict.fromkeys(findings), key=lambda finding: (places.index(finding.place), finding.line))


def shown(text: str) -> str:
    """Shorten a piece of the coach's text for a message, without invisible characters."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:60])
