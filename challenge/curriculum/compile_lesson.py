"""Compile a day's lesson: its mail shows a stretch in full the first time, then its dose and a reminder."""

import re
from typing import Any

from challenge import drawings
from challenge.curriculum import drawing_files
from challenge.curriculum.compile import remove_slots, render, to_html
from challenge.curriculum.lesson import whole_minutes, with_dose
from challenge.curriculum.plain import plain_text
from challenge.curriculum.slots import Compiled, with_slots

# CSS pixels: the width of a single drawing in a card, and of two side by side, in a mail of 600.
WIDE, HALF = 536, 262
# Authors, then the year or "undated" in parentheses.
_REFERENCE = re.compile(r"(?P<authors>.+?) \((?P<year>\d{4}|undated)\w?\)")
_INITIALS = re.compile(r"^(?P<surname>.+?) [A-Z]{1,4}(?: and others| et al\.?)?$")
_ABBREVIATION = re.compile(r"\(([A-Z]{2,8})\)$")
LONGEST_NAME = 60


def compile_lesson(content: dict[str, Any], length: int) -> Compiled:
    """Compile a day's lesson; `content` is as curriculum.lesson assembles it, `length` in days."""
    content = remove_slots(content)
    day, body = content["day"], content["body"]
    number = day["number"]
    cells = [{"past": n < number, "today": n == number} for n in range(1, length + 1)]
    return render(
        "lesson",
        {
            "length": length,
            "week": content["week"],
            "day": day,
            "minutes": whole_minutes(content),
            "sources": short_names(day["sources"]),
            "strip": cells,
            "lesson_html": with_slots(to_html(body)),
            "lesson_text": with_slots(plain_text(body)),
            "pictures": _drawings(day.get("figures", [])),
            "stretches": [_stretch_context(stretch, day) for stretch in content["stretches"]],
            "self_check": _stretch_context(content["self_check"], day) if content["self_check"] else None,
        },
    )


def _stretch_context(content: dict[str, Any], day: dict[str, Any]) -> dict[str, Any]:
    content = with_dose(content, day)
    shown = content.get("figures", [])
    # A list's number looks like its item; the wrapper gives the item's text a style of its own.
    html = to_html(content["body"])
    html = re.sub(r"(<li\b[^>]*>)", r'\1<div class="step">', html).replace("</li>", "</div></li>")
    return {
        **content,
        "steps_html": html,
        "steps_text": plain_text(content["body"]),
        "pictures": _drawings(shown if content["in_full"] else shown[-1:]),
    }


def _drawings(shown: list[dict[str, str]]) -> list[dict[str, Any]]:
    is_pair = len(shown) == 2
    return [_drawing(drawing["name"], drawing["alt"], is_pair) for drawing in shown]


def _drawing(name: str, alt: str, half: bool) -> dict[str, Any]:
    width, height = drawings.size(name)
    shown = HALF if half else WIDE
    return {
        "alt": alt,
        "half": half,
        "light": drawing_files.file_name(name, "light", "png"),
        "dark": drawing_files.file_name(name, "dark", "png"),
        "width": shown,
        "height": round(shown * height / width),
    }


def short_names(sources: list[str]) -> list[str]:
    """Return each source's short name, once."""
    return list(dict.fromkeys(short_name(source) for source in sources))


def short_name(source: str) -> str:
    """Return the first author's surname, or the abbreviation in parentheses or name of an organisation, with
    the year. A source in another form is cut at its first sentence."""
    found = _REFERENCE.match(source)
    if found is None:
        return source.split(". ")[0][:LONGEST_NAME]
    name = found["authors"].split(",")[0]
    for pattern in (_INITIALS, _ABBREVIATION):
        if part := pattern.search(name):
            name = part[1]
    return f"{name} {found['year']}" if found["year"].isdigit() else name
