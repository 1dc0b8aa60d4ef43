"""The course's content for web pages: clean HTML, names filled in, drawings for each theme."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from challenge import drawings
from challenge.curriculum import drawing_files
from challenge.curriculum.compile import to_html
from challenge.curriculum.lesson import Content, whole_minutes, with_dose
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


def lesson_context(content: Content, first_name: str = SAMPLE_READER) -> dict[str, Any]:
    day, check, shown = content["day"], content["self_check"], content["stretches"]
    return {
        "day": day,
        "week": content["week"],
        "minutes": whole_minutes(content),
        "body": render_markdown(content["body"], first_name),
        "pictures": pictures(day),
        "self_check": exercise_context(check, first_name) if check else None,
        "stretches": [exercise_context(with_dose(stretch, day), first_name) for stretch in shown],
    }


def sample_lesson(program: Program) -> Content | None:
    """Return the sample day as it was last published; None before that."""
    revision = Revision.objects.filter(day__program=program, day__number=SAMPLE_DAY).first()
    return revision.content or None if revision else None
