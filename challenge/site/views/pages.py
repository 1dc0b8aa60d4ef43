"""Pages without a runner."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from challenge.site.public import visit


@require_safe
def sent_page(request: HttpRequest) -> HttpResponse:
    """The answer to every sign-up and every request for links, whatever the address is."""
    context = {"visit": visit(request), "inbox": bool(settings.INBOX_DIR)}
    return render(request, "pages/sent.html", context)


@require_safe
def privacy_page(request: HttpRequest) -> HttpResponse:
    context = {"visit": visit(request), "coach": settings.COACH_NAME}
    return render(request, "pages/privacy.html", context)


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """Where browsers look for the icon by themselves."""
    return redirect(static("icon.svg"))
