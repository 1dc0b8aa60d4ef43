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
        own("desk/acknowledge/<int:escalation_id>/", moves.acknowledge_view, "acknowledge"),
        own("desk/resolve/<int:escalation_id>/", moves.resolve_view, "resolve"),
        own("desk/snooze/<int:item_id>/", moves.snooze_view, "snooze"),
        own("desk/done/<int:item_id>/", moves.done_view, "done"),
    ]
    return [*desk, *site.get_urls()], "admin", site.name
