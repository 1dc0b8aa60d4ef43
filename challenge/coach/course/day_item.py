"""A day in the editor."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from challenge.coach.course.audience import DayAudience, day_audience
from challenge.coach.course.course_item import (
    AnyVersion,
    CourseItem,
    clean_for_preview,
    lines_of,
    picture_lines,
)
from challenge.coach.course.day_form import TEXTS, DayForm, day_values
from challenge.coach.course.differences import Row
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.lesson import Content, assemble, day_content
from challenge.curriculum.lint import Finding
from challenge.curriculum.publish import Publication, publish_day
from challenge.curriculum.publish_checks import check_day
from challenge.curriculum.slots import Compiled
from challenge.models import Day

EMPTY: Content = {
    "points": [],
    "stretches": [],
    "doses": {},
    "self_check": False,
    "strides": False,
    "sources": [],
    "figures": [],
}


class DayItem(CourseItem[Day]):
    model_name = "day"

    @classmethod
    def queryset(cls) -> QuerySet[Day]:
        return Day.objects.select_related("published", "program", "draft_by")

    @property
    def title(self) -> str:
        published = self.instance.published
        return f"{self.instance}: {published.title}" if published else str(self.instance)

    @property
    def versions(self) -> QuerySet[Any]:
        return self.instance.revisions.select_related("author")

    def form(self, data: Any = None) -> DayForm:
        return DayForm(data, instance=self.instance, initial=self.form_values(self.working_copy))

    def form_values(self, draft: Content) -> dict[str, Any]:
        return day_values(draft)

    def draft_of(self, version: AnyVersion) -> Content:
        return self.complete(day_content(version.content))

    def complete(self, draft: Content) -> Content:
        day = {**dict.fromkeys(TEXTS, ""), **EMPTY, **draft.get("day", {})}
        return {
            "day": {key: day[key] for key in (*TEXTS, *EMPTY)},
            "body": draft.get("body", ""),
        }

    def review(self, draft: Content) -> list[Finding]:
        # Two checks report the minutes; keep the one that names their sum.
        return [finding for finding in check_day(self.instance, draft) if finding.place != "minutes"]

    def content(self, draft: Content) -> Content:
        return assemble(self.instance, draft)

    def rows(self, content: Content) -> list[Row]:
        day = self.complete(content)["day"] | {"minutes": content["day"]["minutes"]}
        check = content["self_check"]
        parts = [*content["stretches"], *([check] if check else [])]
        return [
            Row(_("Subject"), day["subject"]),
            Row(_("Preview text"), day["preview"]),
            Row(_("Title"), day["title"]),
            Row(_("Lesson"), content["body"]),
            Row(_("Stretches"), lines_of([part["title"] for part in parts])),
            Row(_("Doses"), _doses_as_text(content["stretches"], day["doses"])),
            Row(_("Minutes"), str(day["minutes"])),
            Row(_("Today's run"), day["run"]),
            Row(_("No run today?"), day["no_run"]),
            Row(_("The run has strides"), _("yes") if day["strides"] else ""),
            Row(_("Points taught"), ", ".join(day["points"])),
            Row(_("Sources"), lines_of(day["sources"])),
            Row(_("Pictures of the day"), picture_lines(day)),
            *(Row(part["title"], _part_as_text(part)) for part in parts),
        ]

    @property
    def is_for_all(self) -> bool:
        return bool(self.instance.published and self.instance.published.for_all)

    def publish(self, draft: Content, publication: Publication, base: int) -> bool:
        was_for_all = self.is_for_all
        made = publish_day(self.instance, draft, publication, base)
        return made is not None or (publication.for_all and not was_for_all)

    def audience(self, draft: Content) -> list[DayAudience]:
        newest = self.instance.published
        changes = newest is None or newest.content != self.content(draft)
        return [day_audience(self.instance, changes=changes, against_draft=True)]

    def compile_mail(self, draft: Content) -> tuple[Compiled, int]:
        content = clean_for_preview(self.content(draft))
        return compile_lesson(content, self.instance.program.length), self.instance.number


def _doses_as_text(stretches: list[Content], doses: Content) -> str:
    lines = []
    for stretch in stretches:
        if dose := doses.get(stretch["slug"]):
            minutes = _("%(minutes)s min") % {"minutes": dose["minutes"] or "?"}
            steps = _("all steps") if dose["all_steps"] else ""
            parts = (part for part in (dose["dose"], minutes, steps, dose["note"]) if part)
            lines.append(f"{stretch['title']}: {', '.join(parts)}")
    return lines_of(lines)


def _part_as_text(part: Content) -> str:
    plain = {key: value for key, value in part.items() if key not in ("slug", "title", "body", "figures")}
    lines = [
        f"{key.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}"
        for key, value in plain.items()
    ]
    return lines_of([*lines, part.get("body", ""), picture_lines(part)])
