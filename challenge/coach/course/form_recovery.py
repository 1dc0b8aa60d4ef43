"""Keep a form that a coach posts after the login ended or changed: the answer holds all that was typed,
ready to be sent again."""

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


def recoverable_view(site: AdminSite, view: View) -> View:
    """Guard a view of the desk; answer a form from somebody who is logged out with what it held."""
    guarded: View = site.admin_view(view)

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return recover_form(request)
        return guarded(request, *args, **options)

    return enter


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token is wrong. A new login changes the token, so a form of the desk that
    holds an old one is kept."""
    if _is_of_the_desk(request) and reason != REASON_CSRF_TOKEN_MISSING:
        return recover_form(request)
    return django_csrf_failure(request, reason)


def _is_of_the_desk(request: HttpRequest) -> bool:
    # Only a form that our own page sent: no other site may have its form offered to the coach.
    ours = f"{request.scheme}://{request.get_host()}"
    match = request.resolver_match
    is_form = (
        match is not None and "admin" in match.namespaces and str(match.url_name).startswith("challenge_")
    )
    return is_form and request.headers.get("Origin") == ours


def recover_form(request: HttpRequest) -> HttpResponse:
    """Show what was posted, with a link to log in and a button to send it again."""
    if request.resolver_match and str(request.resolver_match.url_name).endswith("_preview"):
        return _recover_preview(request)
    posted = [(name, each) for name, values in request.POST.lists() for each in values]
    posted = [(name, text) for name, text in posted if name != "csrfmiddlewaretoken"]
    context = {
        **admin.site.each_context(request),
        "title": _("Nothing was saved yet, and nothing is lost"),
        "is_logged_out": not request.user.is_authenticated,
        "posted": posted if sum(len(text) for _name, text in posted) <= MAX_REDISPLAYED else [],
    }
    return render(request, "admin/form_recovery.html", context, status=403)


@framed
def _recover_preview(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("You have been logged out."),
        "lines": [_("Log in in another tab. What you typed is still here: go on, or save it.")],
    }
    return render(request, "admin/course/frame.html", context, status=403)
