"""Views behind a capability link, and the page for an invalid link."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.capabilities import Altered
from challenge.mail import links
from challenge.mail.links import LinkEnded, LinkExpired, Purpose
from challenge.site.forms import LinksForm, SignUpForm
from challenge.site.public import current_visit

# A sign-up is deleted about when its link expires: the mail left some hours later.
A_DAY = timedelta(days=1)
View = Callable[..., HttpResponse]


def guarded(view: Callable[Concatenate[HttpRequest, ...], HttpResponse]) -> View:
    """Serve a view behind a link: it is not cached, and the link is the authority, so there is no cookie and
    no CSRF token to check."""
    return never_cache(csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(view)))


def capability(purpose: Purpose) -> Callable[[Callable[Concatenate[HttpRequest, ...], HttpResponse]], View]:
    """Open a view to the holder of a link for `purpose`; the view gets the enrollment, then the link's other
    values."""

    def decorate(view: Callable[Concatenate[HttpRequest, ...], HttpResponse]) -> View:
        @guarded
        @wraps(view)
        def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
            try:
                link = links.open(purpose, token, timezone.now())
            except Altered:
                return link_error(request, "altered", 404)
            except LinkEnded as ended:
                return ended_link(request, purpose, ended)
            except LinkExpired:
                return link_error(request, "expired", 410, purpose=purpose, token=token)
            return view(request, link.enrollment, *link.values, **rest)

        return opened

    return decorate


def ended_link(request: HttpRequest, purpose: str, ended: LinkEnded) -> HttpResponse:
    """Explain that what a link belonged to is gone; for a sign-up, show the form."""
    if purpose != Purpose.CONFIRM:
        return link_error(request, "ended", 410)
    visit = current_visit(request)
    context: dict[str, Any] = {"visit": visit, "is_old": timezone.now() > ended.expires_at - A_DAY}
    if visit.program and visit.program.is_open:
        form = SignUpForm(now=timezone.now(), cohort=visit.cohort)
        context |= {"program": visit.program, "form": form, "cohort": form.cohort}
    return render(request, "pages/deleted_sign_up.html", context, status=410)


def link_error(request: HttpRequest, what: str, status: int, **context: Any) -> HttpResponse:
    """Explain what is wrong with a link, and offer a fresh one by mail."""
    context |= {"visit": current_visit(request), "what": what, "form": LinksForm()}
    return render(request, "pages/link_trouble.html", context, status=status)
