"""The list of days; each leads to its editor."""

import re
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.access import RecordAdmin
from challenge.coach.day_work import DayWork
from challenge.coach.editor import editor
from challenge.coach.rooms import rooms
from challenge.coach.wording import NOTHING, shortly, when
from challenge.models import Day, Stretch


def number_of(object_id: str) -> int:
    """A row's number as an address names it. Raises Http404 for what is none."""
    if not re.fullmatch("[0-9]{1,18}", object_id):
        raise Http404
    return int(object_id)


def draft_in_words(item: Day | Stretch) -> str:
    if item.draft_saved_at is None:
        return NOTHING
    said = _("draft of %(time)s, %(whom)s")
    return said % {"time": shortly(item.draft_saved_at), "whom": item.draft_by or _("somebody")}


@admin.register(Day)
class DayAdmin(RecordAdmin[Day]):
    """Days come with the course; what they say is edited, published and kept in versions."""

    list_display = ("number", "title", "minutes", "points", "revision", "published_at", "draft_cell")
    list_display_links = ("number", "title")
    list_filter = ("program",)
    ordering = ("program", "number")
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Day]:
        found = super().get_queryset(request).select_related("published", "program", "draft_by")
        return found.defer("draft", "published__html", "published__text", "published__content")

    def get_urls(self) -> list[URLPattern]:
        return [*rooms(self.admin_site, DayWork), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return editor(request, DayWork.open(number_of(object_id)))

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

    @admin.display(description=gettext_lazy("Draft"), ordering="draft_saved_at")
    def draft_cell(self, day: Day) -> str:
        return draft_in_words(day)
