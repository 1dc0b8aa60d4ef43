"""The course's content for web pages: clean HTML, names filled in, drawings for each theme."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from challenge import drawings
from challenge.curriculum import drawing_files
from challenge.curriculum.compile import to_html
from challenge.curriculum.lesson import Content, whole_minutes, with_dose
from challenge.curriculum.movements import SELF_CHECK, movements_of, shown_by
from challenge.curriculum.slots import fill, with_slots
from challenge.models import Program, Revision

# The day that visitors may read, and the first name in it.
SAMPLE_DAY = 9
SAMPLE_READER = "Robin"


@dataclass(frozen=True)
class Picture:
    """A drawing as an SVG for each theme, with its size in CSS pixels."""

    alt: str
    light: str
    dark: str
    width: int
    height: int


def picture(name: str, alt: str) -> Picture:
    """Raises KeyError for a drawing that does not exist."""
    light, dark = (drawing_files.file_name(name, theme, "svg") for theme in ("light", "dark"))
    width, height = drawings.size(name)
    return Picture(alt, reverse("figure", args=[light]), reverse("figure", args=[dark]), width, height)


def pictures(holder: Content) -> list[Picture]:
    """Return the drawings of a day, a stretch or the self-check; skip those that no longer exist."""
    known = set(drawings.names())
    return [picture(d["name"], d["alt"]) for d in holder.get("figures", []) if d["name"] in known]


def render_markdown(markdown: str, first_name: str = SAMPLE_READER) -> SafeString:
    """Return Markdown as clean HTML, with the names of the reader and the coach filled in."""
    names = {"first_name": first_name, "coach_name": settings.COACH_NAME}
    # Cleaned by to_html, escaped by fill.
    return mark_safe(fill(with_slots(to_html(markdown)), names, html=True))


def exercise_context(content: Content, first_name: str = SAMPLE_READER) -> dict[str, Any]:
    return {**content, "steps": render_markdown(content["body"], first_name), "pictures": pictures(content)}


def lesson_context(
    content: Content,
    first_name: str = SAMPLE_READER,
    left_out: Collection[str] = (),
    words_only: bool = False,
) -> dict[str, Any]:
    """Return a lesson for its page, without the movements that are left out; with `words_only` all are."""
    day = content["day"]
    parts = {slug: with_dose(part, day) for slug, part in movements_of(content).items()}
    out = {slug: part for slug, part in parts.items() if words_only or slug in left_out}
    shown = [exercise_context(part, first_name) for slug, part in parts.items() if slug not in out]
    figures = [
        figure
        for figure in day.get("figures", [])
        if not (owner := shown_by(figure["name"], content)) or not (words_only or owner in left_out)
    ]
    return {
        "day": day,
        "week": content["week"],
        "minutes": max(whole_minutes(content) - sum(part["minutes"] for part in out.values()), 1),
        "body": render_markdown(content["body"], first_name),
        "pictures": pictures({"figures": figures}),
        "self_check": shown.pop(0) if content["self_check"] and SELF_CHECK not in out else None,
        "stretches": shown,
        "left_out": [part["title"] for part in out.values()],
        "words_only": words_only,
    }


def sample_lesson(program: Program) -> Content | None:
    """Return the sample day as it was last published; None before that."""
    revision = Revision.objects.filter(day__program=program, day__number=SAMPLE_DAY).first()
    return revision.content or None if revision else None
