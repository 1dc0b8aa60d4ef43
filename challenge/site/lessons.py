"""What a course says, as pages show it: Markdown cleaned, names in their places, figures by theme."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from challenge import drawings
from challenge.curriculum import drawing_files
from challenge.curriculum.compile import to_html
from challenge.curriculum.lesson import Content
from challenge.curriculum.slots import fill, placed
from challenge.models import Program, Revision

# The day that is shown to whoever thinks of joining, and the reader it is made out to.
SAMPLE_DAY = 9
SAMPLE_READER = "Robin"


@dataclass(frozen=True)
class Picture:
    """A figure as an SVG for each theme, with its size in CSS pixels."""

    alt: str
    light: str
    dark: str
    width: int
    height: int


def picture(name: str, alt: str) -> Picture:
    """KeyError for what there is no drawing of."""
    light, dark = (drawing_files.file_name(name, theme, "svg") for theme in ("light", "dark"))
    width, height = drawings.size(name)
    return Picture(alt, reverse("figure", args=[light]), reverse("figure", args=[dark]), width, height)


def pictures(holder: Content) -> list[Picture]:
    """The figures of a day, a stretch or the self-check; an old version may name one that is gone."""
    drawn = set(drawings.names())
    return [picture(f["name"], f["alt"]) for f in holder.get("figures", []) if f["name"] in drawn]


def words(markdown: str, first_name: str = SAMPLE_READER) -> SafeString:
    """Markdown as clean HTML, made out to one reader."""
    names = {"first_name": first_name, "coach_name": settings.COACH_NAME}
    # Cleaned by to_html, escaped by fill.
    return mark_safe(fill(placed(to_html(markdown)), names, html=True))


def exercise(content: Content, first_name: str = SAMPLE_READER) -> dict[str, Any]:
    """A stretch or the self-check."""
    return {**content, "steps": words(content["body"], first_name), "pictures": pictures(content)}


def lesson(content: Content, first_name: str = SAMPLE_READER) -> dict[str, Any]:
    """A whole day."""
    check = content["self_check"]
    return {
        "day": content["day"],
        "week": content["week"],
        "words": words(content["body"], first_name),
        "pictures": pictures(content["day"]),
        "self_check": exercise(check, first_name) if check else None,
        "stretches": [exercise(stretch, first_name) for stretch in content["stretches"]],
    }


def sample(program: Program) -> Content | None:
    """The sample day as it was published last; None before that."""
    revision = Revision.objects.filter(day__program=program, day__number=SAMPLE_DAY).first()
    return revision.content or None if revision else None
