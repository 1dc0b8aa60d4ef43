"""The rooms of a work, under its table in the desk."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.access import RecordAdmin
from challenge.coach.course.course_item import Work
from challenge.coach.course.editor import drop, editor
from challenge.coach.course.form_recovery import behind_the_login
from challenge.coach.course.previews import Room, preview
from challenge.coach.course.publishing import publish
from challenge.coach.course.versions import compare, restore, version, version_mail, versions
from challenge.coach.wording import NOTHING, shortly
from challenge.models import Day, Stretch

Item = TypeVar("Item", Day, Stretch)


class WorkAdmin(RecordAdmin[Item]):
    """The list of days or of stretches; each leads to its editor and the rooms beside it."""

    work: ClassVar[type[Work[Any]]]
    own_rooms: ClassVar[Mapping[str, Room]] = {}

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
            *(self._at(f"{name}/", room, name) for name, room in self.own_rooms.items()),
            *super().get_urls(),
        ]

    def _at(self, route: str, room: Room, name: str) -> URLPattern:
        def enter(request: HttpRequest, pk: int, **where: Any) -> HttpResponse:
            return room(request, self.work.open(pk), **where)

        view = behind_the_login(self.admin_site, enter)
        return path(f"<int:pk>/{route}", view, name=f"challenge_{self.work.table}_{name}")

    def change_view(self, *args: Any, **options: Any) -> HttpResponse:
        # The editor has every address with a number.
        raise Http404

    @admin.display(description=gettext_lazy("Draft"), ordering="draft_saved_at")
    def draft_cell(self, item: Day | Stretch) -> str:
        if item.draft_saved_at is None:
            return NOTHING
        said = _("draft of %(time)s, %(whom)s")
        return said % {"time": shortly(item.draft_saved_at), "whom": item.draft_by or _("somebody")}
