"""The addresses of the desk, before those of Django admin and under the same names."""

from collections.abc import Callable

from django.contrib.admin import AdminSite
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path

from challenge.coach.course.form_recovery import recoverable_view
from challenge.coach.desk import holding_pages, home, moves


def urls(site: AdminSite) -> tuple[list[URLPattern | URLResolver], str, str]:
    def own(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        return path(route, site.admin_view(view), name=name)

    def form(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        return path(route, recoverable_view(site, view), name=name)

    desk = [
        own("", home.home, "index"),
        own("desk/done/", home.done_page, "done-lately"),
        form("desk/hold/<int:enrollment_id>/", holding_pages.hold_view, "hold"),
        form("desk/clear/<int:enrollment_id>/", holding_pages.clear_view, "clear-hold"),
        form("desk/acknowledge/<int:pk>/", moves.acknowledge_view, "acknowledge"),
        form("desk/resolve/<int:pk>/", moves.resolve_view, "resolve"),
        form("desk/snooze/<int:pk>/", moves.snooze_view, "snooze"),
        form("desk/done/<int:pk>/", moves.done_view, "done"),
    ]
    return [*desk, *site.get_urls()], "admin", site.name
