"""The list of days; each leads to its editor."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.course.day_item import DayWork
from challenge.coach.course.urls import WorkAdmin
from challenge.coach.wording import NOTHING, when
from challenge.models import Day


@admin.register(Day)
class DayAdmin(WorkAdmin[Day]):
    """Days come with the course; what they say is edited, published and kept in versions."""

    work = DayWork
    list_display = ("number", "title", "minutes", "points", "revision", "published_at", "draft_cell")
    list_display_links = ("number", "title")
    list_filter = ("program",)
    ordering = ("program", "number")
    list_per_page = 100

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
