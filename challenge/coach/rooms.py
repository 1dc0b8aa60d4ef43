"""The addresses of a work's rooms, under its table in the admin."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from challenge.coach.editor import drop
from challenge.coach.history import compare, restore, version, version_mail, versions
from challenge.coach.previews import Room, preview
from challenge.coach.publishing import publish
from challenge.coach.work import Work


def rooms(site: AdminSite, work: type[Work[Any]], **own: Room) -> list[URLPattern]:
    """Every room but the editor, which is the table's own change page; `own` are further ones."""

    def at(route: str, room: Room, name: str) -> URLPattern:
        def enter(request: HttpRequest, pk: int, **where: Any) -> HttpResponse:
            return room(request, work.open(pk), **where)

        return path(f"<int:pk>/{route}", site.admin_view(enter), name=f"challenge_{work.table}_{name}")

    return [
        at("preview/", preview, "preview"),
        at("drop/", drop, "drop"),
        at("publish/", publish, "publish"),
        at("versions/", versions, "versions"),
        at("versions/<int:number>/", version, "version"),
        at("versions/<int:number>/mail/", version_mail, "version_mail"),
        at("versions/<int:number>/restore/", restore, "restore"),
        at("compare/", compare, "compare"),
        *(at(f"{name}/", room, name) for name, room in own.items()),
    ]
