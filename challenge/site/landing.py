"""What the first page tells of a program."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from challenge import drawings
from challenge.models import Article, Program
from challenge.site.lessons import Picture, lesson, picture, sample
from challenge.site.questions import asked

FIRST_QUESTIONS = 4


def landing(program: Program) -> dict[str, Any]:
    """The context of the first page: its pictures, its weeks, a day of it, and the first questions."""
    faq = Article.objects.filter(program=program, slug=Article.Slug.FAQ).first()
    content = sample(program)
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
        "lesson": lesson(content) if content else None,
        "questions": asked(faq)[:FIRST_QUESTIONS] if faq else [],
    }


def _if_drawn(name: str, alt: str) -> Picture | None:
    """A drawing that is named here and kept elsewhere: without it the page does without."""
    return picture(name, alt) if name in drawings.names() else None


def _weeks(program: Program) -> list[dict[str, Any]]:
    """Each week with the titles of its days, as far as they are published."""
    published = program.days.filter(published__isnull=False)
    titles = dict(published.values_list("number", "published__title"))
    return [
        {**week, "days": [titles[n] for n in range(week["first"], week["last"] + 1) if n in titles]}
        for week in program.weeks
    ]
