"""The first page's view of a program."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from challenge import drawings
from challenge.models import Article, Program
from challenge.site.faq import entries
from challenge.site.lessons import Picture, lesson_context, picture, sample_lesson

FIRST_QUESTIONS = 4


def landing_context(program: Program) -> dict[str, Any]:
    faq = Article.objects.filter(program=program, slug=Article.Slug.FAQ).first()
    content = sample_lesson(program)
    return {
        "title": program.title,
        "description": program.summary,
        "canonical": f"{settings.SITE_URL}/",
        "coach": settings.COACH_NAME,
        "stretching": _if_drawn(
            "half-kneeling-hip-flexor-2",
            _("Kneeling tall on one knee, the other foot in front: the front of the hip is marked."),
        ),
        "muscle": _if_drawn(
            "psoas-front",
            _("From the front: on each side a muscle runs from the low back to the top of the thigh."),
        ),
        "weeks": _weeks(program),
        "lesson": lesson_context(content) if content else None,
        "questions": entries(faq)[:FIRST_QUESTIONS] if faq else [],
    }


def _if_drawn(name: str, alt: str) -> Picture | None:
    """Return None for a drawing that does not exist; the page shows none then."""
    return picture(name, alt) if name in drawings.names() else None


def _weeks(program: Program) -> list[dict[str, Any]]:
    published = program.days.filter(published__isnull=False)
    titles = dict(published.values_list("number", "published__title"))
    return [
        {**week, "days": [titles[n] for n in range(week["first"], week["last"] + 1) if n in titles]}
        for week in program.weeks
    ]
