"""The library's list of stretches; each leads to its editor."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.course.recalls import recall_page
from challenge.coach.course.stretch_item import StretchWork
from challenge.coach.course.urls import WorkAdmin
from challenge.coach.wording import NOTHING, shortly
from challenge.models import Stretch


@admin.register(Stretch)
class StretchAdmin(WorkAdmin[Stretch]):
    """Stretches come with the course; what they say is edited and published, unsafe ones are recalled."""

    work = StretchWork
    own_rooms = {"recall": recall_page}
    list_display = ("title", "minutes", "equipment", "recalled", "draft_cell")
    list_filter = ("program",)
    search_fields = ("title",)
    ordering = ("program", "title")
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stretch]:
        return (
            super().get_queryset(request).select_related("program", "draft_by", "replacement").defer("draft")
        )

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
