"""A stretch, or the self-check, in the editor."""

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
from challenge.coach.course.differences import Row
from challenge.coach.course.stretch_form import StretchForm, stretch_values
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.lesson import Content, with_stretch
from challenge.curriculum.lint import Finding
from challenge.curriculum.publish import Publication, days_with, publish_stretch
from challenge.curriculum.publish_checks import check_stretch
from challenge.curriculum.slots import Compiled
from challenge.models import Day, Delivery, Stretch


class StretchItem(CourseItem[Stretch]):
    model_name = "stretch"
    view_names = (*CourseItem.view_names, "recall")

    @classmethod
    def queryset(cls) -> QuerySet[Stretch]:
        return Stretch.objects.select_related("program", "draft_by", "replacement")

    @property
    def title(self) -> str:
        return self.instance.title

    @property
    def corrections(self) -> int:
        return Delivery.objects.filter(recall__stretch=self.instance).count()

    @property
    def versions(self) -> QuerySet[Any]:
        return self.instance.versions.select_related("author")

    def form(self, data: Any = None) -> StretchForm:
        return StretchForm(data, instance=self.instance, initial=self.form_values(self.working_copy))

    def form_values(self, draft: Content) -> dict[str, Any]:
        return stretch_values(draft)

    def draft_of(self, version: AnyVersion) -> Content:
        return self.complete(version.content)

    def complete(self, draft: Content) -> Content:
        added = {} if self.instance.kind == Stretch.Kind.SELF_CHECK else {"family": "", "reminder": ""}
        return {**added, **self.instance.content, **draft}

    def review(self, draft: Content) -> list[Finding]:
        return check_stretch(self.instance, draft)

    def content(self, draft: Content) -> Content:
        return draft

    def rows(self, content: Content) -> list[Row]:
        names = {name: str(field.label) for name, field in StretchForm.base_fields.items()}
        sides = dict(StretchForm.base_fields["sides"].choices)  # type: ignore[attr-defined]
        values = {**content, "steps": content.get("body", ""), "sides": sides.get(content.get("sides"), "")}
        rows = [Row(label, _as_text(values[name])) for name, label in names.items() if values.get(name)]
        return [*rows, Row(_("Pictures"), picture_lines(content))]

    @property
    def is_for_all(self) -> bool:
        return all(day.published.for_all for day in days_with(self.instance) if day.published)

    def publish(self, draft: Content, publication: Publication, base: int) -> bool:
        was_for_all = self.is_for_all
        made = publish_stretch(self.instance, draft, publication, base)
        return made or (publication.for_all and not was_for_all)

    def audience(self, draft: Content) -> list[DayAudience]:
        return [day_audience(day) for day in days_with(self.instance)]

    def compile_mail(self, draft: Content) -> tuple[Compiled, int]:
        # The minutes of a draft may be empty.
        draft = {**draft, "minutes": draft["minutes"] or 0}
        day = next(iter(days_with(self.instance)), None)
        if day is not None:
            return self._lesson(day, draft), day.number
        lesson: Content = {
            "day": {"number": 1, "title": draft["title"], "subject": draft["title"], "preview": "", "run": "",
                    "points": [], "sources": [], "minutes": draft["minutes"], "figures": []},
            "body": "",
            "week": "",
            "stretches": [{**draft, "slug": self.instance.slug}],
            "self_check": None,
        }  # fmt: skip
        return compile_lesson(clean_for_preview(lesson), self.instance.program.length), 1

    def _lesson(self, day: Day, draft: Content) -> Compiled:
        """Compile the published mail of a day, with this draft in place of the stretch."""
        assert day.published is not None
        content = with_stretch(day.published.content, self.instance, draft)
        return compile_lesson(clean_for_preview(content), self.instance.program.length)


def _as_text(value: Any) -> str:
    return lines_of([str(each) for each in value]) if isinstance(value, list) else str(value)
