"""A stretch, or the self-check, on the coach's desk."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from challenge.coach.course.course_item import AnyVersion, Reach, Row, Work, listed, pictures
from challenge.coach.course.day_item import reach_of_day
from challenge.coach.course.preview_clean import showable
from challenge.coach.course.stretch_form import StretchForm, stretch_values
from challenge.curriculum.compile import Compiled, compile_lesson
from challenge.curriculum.lesson import Content, with_stretch
from challenge.curriculum.lint import Finding
from challenge.curriculum.publish import Publication, days_with, publish_stretch
from challenge.curriculum.publish_checks import check_stretch
from challenge.models import Day, Delivery, Stretch


class StretchWork(Work[Stretch]):
    table = "stretch"
    rooms = (*Work.rooms, "recall")

    @classmethod
    def rows_of_table(cls) -> QuerySet[Stretch]:
        return Stretch.objects.select_related("program", "draft_by", "replacement")

    @property
    def title(self) -> str:
        return self.item.title

    @property
    def corrections(self) -> int:
        return Delivery.objects.filter(recall__stretch=self.item).count()

    @property
    def versions(self) -> QuerySet[Any]:
        return self.item.versions.select_related("author")

    def form(self, data: Any = None) -> StretchForm:
        return StretchForm(data, item=self.item, initial=self.values(self.working_copy))

    def values(self, words: Content) -> dict[str, Any]:
        return stretch_values(words)

    def words_of(self, version: AnyVersion) -> Content:
        return self.whole(version.content)

    def whole(self, words: Content) -> Content:
        return {**self.item.content, **words}

    def review(self, words: Content) -> list[Finding]:
        return check_stretch(self.item, words)

    def content(self, words: Content) -> Content:
        return words

    def rows(self, content: Content) -> list[Row]:
        names = {name: str(field.label) for name, field in StretchForm.base_fields.items()}
        sides = dict(StretchForm.base_fields["sides"].choices)  # type: ignore[attr-defined]
        said = {**content, "steps": content.get("body", ""), "sides": sides.get(content.get("sides"), "")}
        rows = [Row(label, _as_text(said[name])) for name, label in names.items() if said.get(name)]
        return [*rows, Row(_("Pictures"), pictures(content))]

    @property
    def reaches_all(self) -> bool:
        return all(day.published.for_all for day in days_with(self.item) if day.published)

    def publish(self, words: Content, publication: Publication, base: int) -> bool:
        was_for_all = self.reaches_all
        made = publish_stretch(self.item, words, publication, base)
        return made or (publication.for_all and not was_for_all)

    def reach(self, words: Content) -> list[Reach]:
        return [reach_of_day(day) for day in days_with(self.item)]

    def mail(self, words: Content) -> tuple[Compiled, int]:
        # Not yet said, they are shown as none.
        words = {**words, "minutes": words["minutes"] or 0}
        day = next(iter(days_with(self.item)), None)
        if day is not None:
            return self._lesson(day, words), day.number
        lesson: Content = {
            "day": {"number": 1, "title": words["title"], "subject": words["title"], "preview": "", "run": "",
                    "points": [], "sources": [], "minutes": words["minutes"], "figures": []},
            "body": "",
            "week": "",
            "stretches": [{**words, "slug": self.item.slug}],
            "self_check": None,
        }  # fmt: skip
        return compile_lesson(showable(lesson), self.item.program.length), 1

    def _lesson(self, day: Day, words: Content) -> Compiled:
        """The published mail of a day, with these words in the place of the stretch."""
        assert day.published is not None
        content = with_stretch(day.published.content, self.item, words)
        return compile_lesson(showable(content), self.item.program.length)


def _as_text(value: Any) -> str:
    return listed([str(each) for each in value]) if isinstance(value, list) else str(value)
