"""Compile a day's lesson: its mail shows a stretch in full the first time, then its dose and a reminder. Each
movement is in sections of its own (curriculum.movements), and the run is in one."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenge import drawings
from challenge.curriculum import drawing_files
from challenge.curriculum.compile import remove_slots, render, to_html
from challenge.curriculum.lesson import whole_minutes, with_dose
from challenge.curriculum.movements import (
    Slugs,
    every_choice,
    for_each_choice,
    marks,
    movements_of,
    shown_by,
)
from challenge.curriculum.plain import plain_text
from challenge.curriculum.slots import SHOWN, Compiled, with_slots

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
    movements = [_stretch_context(part, day, slug) for slug, part in movements_of(content).items()]
    self_check = movements[0] if content["self_check"] else None
    return render(
        "lesson",
        {
            "length": length,
            "week": content["week"],
            "day": day,
            "sources": short_names(day["sources"]),
            "strip": cells,
            "lesson_html": with_slots(to_html(body)),
            "lesson_text": with_slots(plain_text(body)),
            "pictures": _own_drawings(content),
            "stretches": _with_places(movements[1:] if self_check else movements),
            "self_check": self_check,
            **_for_those_with_less(whole_minutes(content), movements),
        },
    )


def _for_those_with_less(whole: int, movements: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what differs with the movements that are shown: the minutes, the label of the answers, and the
    titles of those that are left out. `whole` is the minutes of the whole lesson."""
    slugs = [each["movement"] for each in movements]

    def minutes(shown: Slugs) -> str:
        left = whole - sum(each["minutes"] for each in movements if each["movement"] not in shown)
        return _minutes(max(left, 1), with_movements=bool(shown))

    def label(shown: Slugs) -> str:
        return _("When done:") if shown else _("When read:")

    choices = [
        {"titles": [each["title"] for each in movements if each["movement"] not in shown],
         "nothing_left": not shown, "when": before, "end": after}
        for shown, before, after in every_choice(slugs)
    ]  # fmt: skip
    return {
        "minutes": for_each_choice(slugs, minutes),
        "minutes_of_reading": minutes(()),
        "answers_label": for_each_choice(slugs, label),
        "answers_label_of_reading": label(()),
        "less": [choice for choice in choices if choice["titles"]],
    }


def _minutes(minutes: int, with_movements: bool) -> str:
    if with_movements:
        words = ngettext(
            "%(minutes)s minute with the reading", "%(minutes)s minutes with the reading", minutes
        )
    else:
        words = ngettext("%(minutes)s minute of reading", "%(minutes)s minutes of reading", minutes)
    return words % {"minutes": minutes}


def _with_places(stretches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each stretch its place among those that are shown."""
    slugs = [each["movement"] for each in stretches]
    return [{**each, "eyebrow": _place(each["movement"], slugs)} for each in stretches]


def _place(movement: str, slugs: list[str]) -> str:
    def say(shown: Slugs) -> str:
        if not shown:
            return _("Today's stretch")
        place = 1 + len(set(slugs[: slugs.index(movement)]).intersection(shown))
        return _("Stretch %(place)s of %(all)s") % {"place": place, "all": len(shown) + 1}

    return for_each_choice([slug for slug in slugs if slug != movement], say)


def _stretch_context(content: dict[str, Any], day: dict[str, Any], movement: str) -> dict[str, Any]:
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
        "movement": movement,
        "shown": marks(SHOWN, movement),
    }


def _drawings(shown: list[dict[str, str]]) -> list[dict[str, Any]]:
    is_pair = len(shown) == 2
    return [_drawing(drawing["name"], drawing["alt"], is_pair) for drawing in shown]


def _own_drawings(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the drawings of the lesson's words; one that shows a movement is left out with it."""
    shown = content["day"].get("figures", [])
    owners = [shown_by(figure["name"], content) for figure in shown]
    return [
        {**drawing, "shown": marks(SHOWN, owner)} if owner else drawing
        for owner, drawing in zip(owners, _drawings(shown), strict=True)
    ]


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
