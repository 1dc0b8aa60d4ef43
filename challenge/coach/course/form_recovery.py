"""A form that comes from the desk after its login ended, or changed, is given back: no words are lost."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as bare_failure

from challenge.coach.course.content_form import MOST_GIVEN_BACK
from challenge.coach.course.previews import in_a_frame

View = Callable[..., HttpResponse]


def behind_the_login(site: AdminSite, view: View) -> View:
    """A view of the desk; a form from somebody who is logged out is answered with what it held."""
    guarded: View = site.admin_view(view)

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return given_back(request)
        return guarded(request, *args, **options)

    return enter


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer; but for a form of the desk whose token is old, as a new login makes it, its words."""
    if _is_of_the_desk(request) and reason != REASON_CSRF_TOKEN_MISSING:
        return given_back(request)
    return bare_failure(request, reason)


def _is_of_the_desk(request: HttpRequest) -> bool:
    # Only what our own page sent: nobody else may have a form of theirs offered to the coach to send.
    ours = f"{request.scheme}://{request.get_host()}"
    match = request.resolver_match
    is_form = (
        match is not None and "admin" in match.namespaces and str(match.url_name).startswith("challenge_")
    )
    return is_form and request.headers.get("Origin") == ours


def given_back(request: HttpRequest) -> HttpResponse:
    """What was posted, with a way to log in elsewhere and to send it again."""
    if request.resolver_match and str(request.resolver_match.url_name).endswith("_preview"):
        return _in_the_frame(request)
    posted = [(name, each) for name, values in request.POST.lists() for each in values]
    posted = [(name, text) for name, text in posted if name != "csrfmiddlewaretoken"]
    context = {
        **admin.site.each_context(request),
        "title": _("Nothing was saved yet, and nothing is lost"),
        "is_logged_out": not request.user.is_authenticated,
        "posted": posted if sum(len(text) for _name, text in posted) <= MOST_GIVEN_BACK else [],
    }
    return render(request, "admin/given_back.html", context, status=403)


@in_a_frame
def _in_the_frame(request: HttpRequest) -> HttpResponse:
    said = {
        "title": _("You have been logged out."),
        "lines": [_("Log in in another tab. What you typed is still here: go on, or save it.")],
    }
    return render(request, "admin/course/frame.html", said, status=403)
