"""Turn a day of the course into a mail with slots: once for each publishing, never for each mail."""

import hashlib
from dataclasses import dataclass
from typing import Any

import nh3
from django.template.loader import render_to_string
from markdown_it import MarkdownIt

from challenge.curriculum.course import Course
from challenge.curriculum.parse import Page
from challenge.curriculum.plain import plain
from challenge.curriculum.slots import slots

TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "blockquote", "br", "code", "a"}


@dataclass(frozen=True)
class Compiled:
    """A mail whose slots are not filled yet."""

    subject: str
    text: str
    html: str

    @property
    def digest(self) -> str:
        whole = "\0".join((self.subject, self.text, self.html))
        return hashlib.sha256(whole.encode()).hexdigest()


def to_html(markdown: str) -> str:
    """Markdown as HTML of the allow-listed tags alone."""
    rendered = MarkdownIt("commonmark", {"html": False}).render(markdown)
    return nh3.clean(rendered, tags=TAGS, attributes={"a": {"href"}})


def _part(page: Page) -> dict[str, Any]:
    return {**page.meta, "steps_html": to_html(page.body), "steps_text": plain(page.body)}


def compile_mail(name: str, context: dict[str, Any]) -> Compiled:
    """The three templates of one mail, rendered with every slot in its place."""
    context = {**context, "slot": slots()}
    return Compiled(
        subject=" ".join(render_to_string(f"emails/{name}.subject.txt", context).split()),
        text=render_to_string(f"emails/{name}.txt", context).strip() + "\n",
        html=render_to_string(f"emails/{name}.html", context).strip() + "\n",
    )


def compile_day(course: Course, number: int) -> Compiled:
    """One day's lesson as a mail with slots."""
    page = course.days[number]
    length = course.program["length"]
    return compile_mail(
        "lesson",
        {
            "program": course.program,
            "week": next(
                (week for week in course.program["weeks"] if week["first"] <= number <= week["last"]), None
            ),
            "day": page.meta,
            "strip": [{"number": n, "past": n < number, "today": n == number} for n in range(1, length + 1)],
            "lesson_html": to_html(page.body),
            "lesson_text": plain(page.body),
            "stretches": [_part(course.stretches[slug]) for slug in page.meta["stretches"]],
            "self_check": _part(course.self_check) if page.meta["self_check"] else None,
        },
    )
