"""The library's list of stretches; each leads to its editor."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.access import RecordAdmin
from challenge.coach.days import draft_in_words, number_of
from challenge.coach.editor import editor
from challenge.coach.recalls import recall_page
from challenge.coach.rooms import rooms
from challenge.coach.stretch_work import StretchWork
from challenge.coach.wording import NOTHING, shortly
from challenge.models import Stretch


@admin.register(Stretch)
class StretchAdmin(RecordAdmin[Stretch]):
    """Stretches come with the course; what they say is edited and published, unsafe ones are recalled."""

    list_display = ("title", "minutes", "equipment", "recalled", "draft_cell")
    list_filter = ("program",)
    search_fields = ("title",)
    ordering = ("program", "title")
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stretch]:
        return (
            super().get_queryset(request).select_related("program", "draft_by", "replacement").defer("draft")
        )

    def get_urls(self) -> list[URLPattern]:
        return [*rooms(self.admin_site, StretchWork, recall=recall_page), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return editor(request, StretchWork.open(number_of(object_id)))

    @admin.display(description=gettext_lazy("Equipment"))
    def equipment(self, stretch: Stretch) -> str:
        return ", ".join(stretch.content.get("equipment", [])) or NOTHING

    @admin.display(description=gettext_lazy("Recalled"), ordering="recalled_at")
    def recalled(self, stretch: Stretch) -> str:
        if stretch.recalled_at is None:
            return NOTHING
        instead = _("instead: %(stretch)s") % {"stretch": stretch.replacement} if stretch.replacement else ""
        return ", ".join(
            part
            for part in (_("recalled %(time)s") % {"time": shortly(stretch.recalled_at)}, instead)
            if part
        )

    @admin.display(description=gettext_lazy("Draft"), ordering="draft_saved_at")
    def draft_cell(self, stretch: Stretch) -> str:
        return draft_in_words(stretch)
