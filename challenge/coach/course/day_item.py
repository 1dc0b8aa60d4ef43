"""A day on the coach's desk."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from challenge.coach.course.course_item import (
    AnyVersion,
    Leap,
    Reach,
    Row,
    Work,
    listed,
    pictures,
    who_gets_all,
    who_gets_what,
    who_leaps,
)
from challenge.coach.course.day_form import TEXTS, DayForm, day_values
from challenge.coach.course.preview_clean import showable
from challenge.curriculum.compile import Compiled, compile_lesson
from challenge.curriculum.lesson import Content, assemble, day_content
from challenge.curriculum.lint import Finding
from challenge.curriculum.publish import Publication, publish_day
from challenge.curriculum.publish_checks import check_day
from challenge.curriculum.versions import audience
from challenge.models import Day

EMPTY: Content = {"points": [], "stretches": [], "self_check": False, "sources": [], "figures": []}


class DayWork(Work[Day]):
    table = "day"

    @classmethod
    def rows_of_table(cls) -> QuerySet[Day]:
        return Day.objects.select_related("published", "program", "draft_by")

    @property
    def title(self) -> str:
        published = self.item.published
        return f"{self.item}: {published.title}" if published else str(self.item)

    @property
    def versions(self) -> QuerySet[Any]:
        return self.item.revisions.select_related("author")

    def form(self, data: Any = None) -> DayForm:
        return DayForm(data, item=self.item, initial=self.values(self.working_copy))

    def values(self, words: Content) -> dict[str, Any]:
        return day_values(words)

    def words_of(self, version: AnyVersion) -> Content:
        return self.whole(day_content(version.content))

    def whole(self, words: Content) -> Content:
        day = {**dict.fromkeys(TEXTS, ""), **EMPTY, **words.get("day", {})}
        return {
            "day": {key: day[key] for key in (*TEXTS, *EMPTY)},
            "body": words.get("body", ""),
        }

    def review(self, words: Content) -> list[Finding]:
        # Minutes are asked about twice; the longer answer says what they add up to.
        return [finding for finding in check_day(self.item, words) if finding.place != "minutes"]

    def content(self, words: Content) -> Content:
        return assemble(self.item, words)

    def rows(self, content: Content) -> list[Row]:
        day = content["day"]
        check = content["self_check"]
        parts = [*content["stretches"], *([check] if check else [])]
        return [
            Row(_("Subject"), day["subject"]),
            Row(_("Preview text"), day["preview"]),
            Row(_("Title"), day["title"]),
            Row(_("Lesson"), content["body"]),
            Row(_("Stretches"), listed([part["title"] for part in parts])),
            Row(_("Minutes"), str(day["minutes"])),
            Row(_("Today's run"), day["run"]),
            Row(_("Points taught"), ", ".join(day["points"])),
            Row(_("Sources"), listed(day["sources"])),
            Row(_("Pictures of the day"), pictures(day)),
            *(Row(part["title"], _in_full(part)) for part in parts),
        ]

    @property
    def reaches_all(self) -> bool:
        return bool(self.item.published and self.item.published.for_all)

    def publish(self, words: Content, publication: Publication, base: int) -> bool:
        was_for_all = self.reaches_all
        made = publish_day(self.item, words, publication, base)
        return made is not None or (publication.for_all and not was_for_all)

    def reach(self, words: Content) -> list[Reach]:
        newest = self.item.published
        changes = newest is None or newest.content != self.content(words)
        return [reach_of_day(self.item, changes=changes, against_draft=True)]

    def mail(self, words: Content) -> tuple[Compiled, int]:
        content = showable(self.content(words))
        return compile_lesson(content, self.item.program.length), self.item.number


def reach_of_day(day: Day, *, changes: bool = True, against_draft: bool = False) -> Reach:
    """Whom the next version of a day would reach; without changes the newest one, made for all."""
    stand = audience(day)
    newest = day.published.number if day.published else 0
    number = newest + int(changes)
    compare = reverse("admin:challenge_day_compare", args=[day.pk])
    other = "" if against_draft else newest
    return Reach(
        day=day.number,
        ordinary=who_gets_what(stand.keep(False), stand.get(False), number),
        for_all=who_gets_all(stand.keep(True), stand.get(True), number),
        leaps=[
            Leap(who_leaps(count, version, newest), f"{compare}?a={version}&b={other}")
            for version, count in sorted(stand.begun.items())
            if version < newest
        ],
    )


def _in_full(part: Content) -> str:
    """A stretch of a day as text."""
    said = [f"{key.replace('_', ' ')}: {_as_text(value)}" for key, value in part.items() if _is_plain(key)]
    return listed([*said, part.get("body", ""), pictures(part)])


def _is_plain(key: str) -> bool:
    return key not in ("slug", "title", "body", "figures")


def _as_text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
