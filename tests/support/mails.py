"""Every mail there is, compiled from the course that ships and filled for the sample runner."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from challenge.curriculum.compile import compile_mail, to_html
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.lesson import Content
from challenge.curriculum.plain import plain_text
from challenge.curriculum.sample import sample_values
from challenge.curriculum.slots import Compiled, fill, wrap
from challenge.models import Revision

SITE = "https://reset.example"
NOTE = (
    "Start with the left side today, and do it once more at the end.\n\nNo hurry: three breaths are enough."
)
WORDS = (
    "The ball can slip where it must not press. [Read why](https://example.org/ball), if you like.\n\nSorry!"
)
OTHERS = (
    "confirmation", "reminder", "welcome", "links", "paused", "resumed", "summary", "goodbye", "left",
    "erasing", "changed", "own_page", "address", "address_used", "address_old", "held", "cleared",
    "screening", "escalation", "second", "answer",
)  # fmt: skip


class Mail(NamedTuple):
    name: str
    subject: str
    text: str
    html: str


def every_mail(contents: list[Content]) -> Iterator[Mail]:
    """The lessons with these contents, and the mails around them."""
    for content in contents:
        day = content["day"]["number"]
        lesson = compile_lesson(content, len(contents))
        yield filled(f"day {day}", lesson, day)
        if day == 9:
            yield filled(f"day {day} with a note", lesson, day, coach_note=NOTE)
    for name, compiled in other_mails().items():
        yield filled(name, compiled, 9, screening_url=f"{SITE}/#screening_url")
    yield filled("summary without scores", other_mails()["summary"], 9, tightness_first="", tightness_last="")


def filled(name: str, mail: Compiled, day: int, **values: str) -> Mail:
    found = sample_values(day, **{"site_url": SITE, "postal_address": "1 Long Road, Bristol", **values})
    wrapped = {name: wrap(found[name]) for name in ("coach_note", "answer")}
    subject, html = fill(mail.subject, found), fill(mail.html, found, html=True)
    found.update(wrapped)
    return Mail(name, subject, fill(mail.text, found), html)


@cache
def other_mails() -> dict[str, Compiled]:
    said = {"message_html": to_html(WORDS), "message_text": plain_text(WORDS)}
    correction = {"stretch": "Ball release", **said}
    instead = {"title": "Couch stretch", "slug": "couch-stretch"}
    return {
        **{name: compile_mail(name, {"has_day": False}) for name in OTHERS},
        "links with a day": compile_mail("links", {"has_day": True}),
        "answer about a day": compile_mail("answer", {"has_day": True}),
        "correction": compile_mail("correction", {**correction, "replacement": instead}),
        "correction without a replacement": compile_mail("correction", {**correction, "replacement": None}),
    }


def published() -> list[Content]:
    """Return the words of the days of the course, as they were published."""
    return [revision.content for revision in Revision.objects.order_by("day__number")]
