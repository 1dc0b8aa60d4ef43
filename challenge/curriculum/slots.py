"""Slots: the allow-listed places of a compiled mail that are filled for each runner.

A slot is written as its name between the brackets U+27E6 and U+27E7, which no lesson may hold. A section
between "?name" and "/name" in such brackets stays only if that slot's value is not empty. Each movement of a
lesson has two sections of its own (curriculum.movements), and no slot.
"""

import hashlib
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from accounts.words import isolated, isolated_html

OPEN, CLOSE = "\u27e6", "\u27e7"
# A coach may write these in a lesson, between braces.
PLACEHOLDERS = ("first_name", "coach_name")
NAMES = frozenset(
    {
        "day",
        "length",
        "program_title",
        "first_name",
        "coach_name",
        "postal_address",
        "greeting",
        "coach_note",
        "exercise",
        "words_only",
        "send_at",
        "time_zone",
        "starts_on",
        "undo_until",
        "changes",
        "what_next",
        "address_undo_until",
        "erase_at",
        "opened_at",
        "acknowledged_at",
        "done_count",
        "tightness_first",
        "tightness_last",
        "site_url",
        "library_url",
        "sign_up_url",
        "confirm_url",
        "screening_url",
        "day_url",
        "done_url",
        "partly_url",
        "not_today_url",
        "morning",
        "not_worse_url",
        "worse_url",
        "no_pain_url",
        "pause_url",
        "hour_url",
        "resume_url",
        "asked_name",
        "answer",
        "asked_on",
        "unasked",
        "ask_url",
        "second_address",
        "leave_url",
        "links_url",
        "own_page_url",
        "address_url",
        "address_undo_url",
        "keep_url",
        "held_why",
        "held_now",
        "held_lessons",
        "tell_url",
        "paused_by",
        "escalation_url",
        "take_care_url",
    }
)
# A stranger's words, which turn nothing around them.
ISOLATED = frozenset({"first_name", "asked_name"})
# The sections of a movement, whose slug the course chooses: shown, or said to be left out.
SHOWN, LEFT_OUT = "stretch_", "left_out_"
MOVEMENT = re.compile(r"(?:stretch|left_out)_\w+")
LINE_WIDTH = 72
# A slot, or a section with its content, or a single bracket.
_SLOT = re.compile(f"{OPEN}(?:(\\w+){CLOSE}|\\?(\\w+){CLOSE}(.*?){OPEN}/\\2{CLOSE})?", re.DOTALL)


@dataclass(frozen=True)
class Compiled:
    subject: str
    text: str
    html: str

    @property
    def digest(self) -> str:
        whole = "\0".join((self.subject, self.text, self.html))
        return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True)
class Slot:
    name: str


@dataclass(frozen=True)
class Section:
    name: str
    parts: "Parts"


Parts = tuple[str | Slot | Section, ...]


def slots() -> dict[str, str]:
    """Return every slot in its brackets by its name, for the templates of mails."""
    return {name: f"{OPEN}{name}{CLOSE}" for name in NAMES}


def sections() -> dict[str, dict[str, str]]:
    """Return the marks around the section of every slot, `when` and `end`, for the templates of mails."""
    return {
        "when": {name: f"{OPEN}?{name}{CLOSE}" for name in NAMES},
        "end": {name: f"{OPEN}/{name}{CLOSE}" for name in NAMES},
    }


def with_slots(text: str) -> str:
    """Turn the placeholders of a lesson's text into slots."""
    for name in PLACEHOLDERS:
        text = text.replace(f"{{{name}}}", f"{OPEN}{name}{CLOSE}")
    return text


def without_slots(text: str) -> str:
    """Remove the brackets of slots from a text that a person wrote."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def parse(text: str) -> Parts:
    """Split a text into plain text, slots and sections. Raises KeyError for an unknown slot and for a single
    bracket, so that no mail leaves with an unfilled slot."""
    parts: list[str | Slot | Section] = []
    end = 0
    for match in _SLOT.finditer(text):
        slot, section, inside = match.groups()
        name = section or slot or match[0]
        if name not in NAMES and not (section and MOVEMENT.fullmatch(section)):
            raise KeyError(name)
        parts += [text[end : match.start()], Section(name, parse(inside)) if section else Slot(name)]
        end = match.end()
    return tuple(part for part in (*parts, text[end:]) if part != "")


def chosen(parts: Parts, values: Mapping[str, str]) -> Iterator[str | Slot]:
    """Yield the text and slots, without the sections of empty values."""
    for part in parts:
        if not isinstance(part, Section):
            yield part
        elif values[part.name]:
            yield from chosen(part.parts, values)


def keeps(section: str, left_out: Collection[str], words_only: bool) -> bool:
    """Return whether a runner's mail keeps the section of a movement. Raises KeyError for another section."""
    if not MOVEMENT.fullmatch(section):
        raise KeyError(section)
    if words_only:
        return False
    if section.startswith(SHOWN):
        return section.removeprefix(SHOWN) not in map(in_names, left_out)
    return section.removeprefix(LEFT_OUT) in map(in_names, left_out)


def in_names(slug: str) -> str:
    return slug.replace("-", "_")


def fill(text: str, values: Mapping[str, str], *, html: bool = False) -> str:
    """Fill the slots of a text, escaped for HTML. Raises KeyError for a missing value, and as `parse`."""
    return "".join(
        part if isinstance(part, str) else written(part.name, values[part.name], html=html)
        for part in chosen(parse(text), values)
    )


def written(name: str, value: str, *, html: bool) -> str:
    """Return the value of a slot as a mail or a page holds it."""
    if name in ISOLATED and value:
        return isolated_html(value) if html else isolated(value)
    return escape(value) if html else value


def wrap(text: str) -> str:
    """Wrap plain text at 72 columns, and keep its own line ends."""
    return "\n".join(wrap_line(line) for line in text.splitlines())


def wrap_line(line: str, width: int = LINE_WIDTH) -> str:
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
