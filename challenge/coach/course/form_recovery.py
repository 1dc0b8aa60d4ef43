"""Keep the form of a coach whose login ended or changed: the answer shows it, ready to be sent again."""

from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as django_csrf_failure

from challenge.coach.course.content_form import MAX_REDISPLAYED
from challenge.coach.course.previews import View, framed

# The pages on which a coach writes to a runner, or of one, and the buttons of the desk.
WRITING = ("answer", "publish", "write", "note", "memo", "give-back", "hold", "clear-hold")
BUTTONS = ("acknowledge", "resolve", "snooze", "done")


def recoverable_view(site: AdminSite, view: View) -> View:
    """Guard a view of the admin: show the posted form again to a person who is logged out."""
    guarded: View = site.admin_view(view)

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return recover_form(request)
        return guarded(request, *args, **options)

    return enter


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form with a wrong CSRF token. A new login changes the token, so a coach's form with an old one
    is shown again."""
    if _is_of_the_desk(request) and reason != REASON_CSRF_TOKEN_MISSING:
        return recover_form(request)
    return django_csrf_failure(request, reason)


def _is_of_the_desk(request: HttpRequest) -> bool:
    # Only show a form from our own pages: another site must not offer its form to the coach.
    ours = f"{request.scheme}://{request.get_host()}"
    match = request.resolver_match
    name = str(match.url_name) if match else ""
    is_form = match is not None and "admin" in match.namespaces
    is_form = is_form and (name.startswith("challenge_") or name in (*WRITING, *BUTTONS))
    return is_form and request.headers.get("Origin") == ours


def recover_form(request: HttpRequest) -> HttpResponse:
    if request.resolver_match and str(request.resolver_match.url_name).endswith("_preview"):
        return _recover_preview(request)
    posted = [(name, each) for name, values in request.POST.lists() for each in values]
    posted = [(name, text) for name, text in posted if name != "csrfmiddlewaretoken"]
    context = {
        **admin.site.each_context(request),
        "title": _("Nothing was saved yet, and nothing is lost"),
        "is_logged_out": not request.user.is_authenticated,
        "posted": posted,
        "is_too_long": sum(len(text) for _name, text in posted) > MAX_REDISPLAYED,
    }
    return render(request, "admin/form_recovery.html", context, status=403)


@framed
def _recover_preview(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("You have been logged out."),
        "lines": [_("Log in in another tab. What you typed is still here: go on, or save it.")],
    }
    return render(request, "admin/course/frame.html", context, status=403)
