"""The lists of days and of stretches, and the addresses of the editor's views."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.access import RecordAdmin
from challenge.coach.course.course_item import CourseItem
from challenge.coach.course.day_item import DayItem
from challenge.coach.course.editor import drop, editor
from challenge.coach.course.form_recovery import recoverable_view
from challenge.coach.course.previews import View, preview
from challenge.coach.course.publishing import publish
from challenge.coach.course.recalls import recall_page
from challenge.coach.course.stretch_item import StretchItem
from challenge.coach.course.versions import compare, restore, version, version_mail, versions
from challenge.coach.wording import NOTHING, shortly, when
from challenge.models import Day, Stretch

Instance = TypeVar("Instance", Day, Stretch)


class CourseItemAdmin(RecordAdmin[Instance]):
    """Rows come with the course; the editor changes their content."""

    course_item: ClassVar[type[CourseItem[Any]]]
    extra_views: ClassVar[Mapping[str, View]] = {}
    list_filter = ("program",)
    list_per_page = 100

    def get_urls(self) -> list[URLPattern]:
        return [
            self._at("change/", editor, "change"),
            self._at("preview/", preview, "preview"),
            self._at("drop/", drop, "drop"),
            self._at("publish/", publish, "publish"),
            self._at("versions/", versions, "versions"),
            self._at("versions/<int:number>/", version, "version"),
            self._at("versions/<int:number>/mail/", version_mail, "version_mail"),
            self._at("versions/<int:number>/restore/", restore, "restore"),
            self._at("compare/", compare, "compare"),
            *(self._at(f"{name}/", view, name) for name, view in self.extra_views.items()),
            *super().get_urls(),
        ]

    def _at(self, route: str, view: View, name: str) -> URLPattern:
        def enter(request: HttpRequest, pk: int, **where: Any) -> HttpResponse:
            return view(request, self.course_item.load(pk), **where)

        guarded = recoverable_view(self.admin_site, enter)
        return path(f"<int:pk>/{route}", guarded, name=f"challenge_{self.course_item.model_name}_{name}")

    def change_view(self, *args: Any, **options: Any) -> HttpResponse:
        # The editor has all addresses with a number.
        raise Http404

    @admin.display(description=gettext_lazy("Draft"), ordering="draft_saved_at")
    def draft_cell(self, item: Day | Stretch) -> str:
        if item.draft_saved_at is None:
            return NOTHING
        text = _("draft of %(time)s, %(whom)s")
        return text % {"time": shortly(item.draft_saved_at), "whom": item.draft_by or _("somebody")}


@admin.register(Day)
class DayAdmin(CourseItemAdmin[Day]):
    course_item = DayItem
    list_display = ("number", "title", "minutes", "points", "revision", "published_at", "draft_cell")
    list_display_links = ("number", "title")
    ordering = ("program", "number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Day]:
        found = super().get_queryset(request).select_related("published", "program", "draft_by")
        return found.defer("draft", "published__html", "published__text", "published__content")

    @admin.display(description=gettext_lazy("Title"))
    def title(self, day: Day) -> str:
        return day.published.title if day.published else _("not published")

    @admin.display(description=gettext_lazy("Minutes"))
    def minutes(self, day: Day) -> str:
        return str(day.published.minutes) if day.published else NOTHING

    @admin.display(description=gettext_lazy("Points taught"))
    def points(self, day: Day) -> str:
        return ", ".join(day.published.points) if day.published else NOTHING

    @admin.display(description=gettext_lazy("Version"))
    def revision(self, day: Day) -> str:
        return str(day.published.number) if day.published else NOTHING

    @admin.display(description=gettext_lazy("Published"), ordering="published__published_at")
    def published_at(self, day: Day) -> str:
        return when(day.published.published_at if day.published else None)


@admin.register(Stretch)
class StretchAdmin(CourseItemAdmin[Stretch]):
    course_item = StretchItem
    extra_views = {"recall": recall_page}
    list_display = ("title", "minutes", "equipment", "recalled", "draft_cell")
    search_fields = ("title",)
    ordering = ("program", "title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stretch]:
        found = super().get_queryset(request).select_related("program", "draft_by", "replacement")
        return found.defer("draft")

    @admin.display(description=gettext_lazy("Equipment"))
    def equipment(self, stretch: Stretch) -> str:
        return ", ".join(stretch.content.get("equipment", [])) or NOTHING

    @admin.display(description=gettext_lazy("Recalled"), ordering="recalled_at")
    def recalled(self, stretch: Stretch) -> str:
        if stretch.recalled_at is None:
            return NOTHING
        text = _("recalled %(time)s") % {"time": shortly(stretch.recalled_at)}
        if stretch.replacement:
            text += ", " + _("instead: %(stretch)s") % {"stretch": stretch.replacement}
        return text
