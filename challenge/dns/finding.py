"""The result of checking one DNS record, in words for the operator."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Verdict(StrEnum):
    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"  # nobody answered
    NOTE = "note"  # another party is responsible


@dataclass(frozen=True)
class RecordFinding:
    """`says` gives the reason; `record` is the text to set at `name` as `kind`, if there is one to set."""

    about: str
    verdict: Verdict
    says: str
    name: str = ""
    record: str = ""
    kind: str = "TXT"
    hints: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.verdict in (Verdict.RIGHT, Verdict.NOTE)

    def with_hints(self, *hints: str) -> "RecordFinding":
        return replace(self, hints=(*self.hints, *filter(None, hints)))


def tags(record: str) -> dict[str, str]:
    """Return the tags of a "k=v; k=v" record (RFC 6376, 3.2), names in lower case, the first of each name."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def quoted_strings(record: str) -> Iterator[str]:
    """Yield a record's text as quoted strings of at most 255 octets, as DNS stores it (RFC 1035, 3.3.14)."""
    for start in range(0, len(record), 255):
        yield f'"{record[start : start + 255]}"'
