"""The inbox's pages. A GET changes nothing; the two buttons POST."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from challenge import tasks
from challenge.delivery.plan import bring_forward
from challenge.mailcatcher.mail import MailSummary, find_part, parse, summarise
from challenge.mailcatcher.store import Inbox
from challenge.models import Enrollment

MAX_SHOWN = 200
REFRESH_SECONDS = 5

_site = urlsplit(settings.SITE_URL)
# A mail's own page may show its inline styles and the site's pictures; no script, no form, no frame.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, f"{_site.scheme}://{_site.netloc}", "data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@dataclass(frozen=True)
class Recipient:
    """A runner who got mail here, and the runner's latest active enrollment."""

    address: str
    enrollment_id: int


def inbox() -> Inbox:
    return Inbox(Path(settings.INBOX_DIR))


@require_safe
@never_cache
def mails(request: HttpRequest) -> HttpResponse:
    """List the newest mails. `?refresh` makes the browser reload the page regularly."""
    ids = inbox().ids()
    found = _newest(ids, MAX_SHOWN)
    refreshing = "refresh" in request.GET
    context = {
        "mails": found,
        "hidden": len(ids) - len(found),
        "recipients": _recipients(found),
        "refreshing": refreshing,
        "seconds": REFRESH_SECONDS,
    }
    response = render(request, "mailcatcher/list.html", context)
    if refreshing:
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


@require_safe
@never_cache
def mails_json(request: HttpRequest) -> JsonResponse:
    """List all mails, newest first, for scripts and tests."""
    ids = inbox().ids()
    return JsonResponse({"mails": [_as_json(mail) for mail in _newest(ids, len(ids))]})


@require_safe
@never_cache
def page(request: HttpRequest, mail_id: str, shown: str) -> HttpResponse:
    content = _content_or_404(mail_id)
    message = parse(content)
    mail = summarise(mail_id, message)
    context = {
        "mail": mail,
        "shown": shown,
        "has_html": find_part(message, "text/html") is not None,
        "text": find_part(message, "text/plain"),
        "source": content.decode("utf-8", "replace"),
        "recipients": _recipients([mail]),
    }
    return render(request, "mailcatcher/mail.html", context)


@require_safe
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its types know of no view with an argument
def html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Serve the mail's own HTML, in a sandbox; its links open in a new tab."""
    text = find_part(parse(_content_or_404(mail_id)), "text/html")
    if text is None:
        raise Http404
    return HttpResponse(_with_new_tabs(text))


@require_safe
def raw(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Serve the mail's bytes, below the envelope that the inbox put on top."""
    return HttpResponse(_content_or_404(mail_id), content_type="message/rfc822")


@require_POST
def next_lesson(request: HttpRequest) -> HttpResponseBase:
    number = request.POST.get("enrollment", "")
    if not number.isdecimal() or not Enrollment.objects.filter(pk=int(number)).exists():
        raise Http404
    if bring_forward(int(number), timezone.now()):
        tasks.nudge(tasks.send)
        messages.success(request, _("The next lesson is on its way. It is here in a few seconds."))
    else:
        messages.warning(
            request, _("There is no lesson to send now: one is just leaving, or the course is over.")
        )
    return redirect(f"{reverse('inbox:list')}?refresh")


@require_POST
def clear(request: HttpRequest) -> HttpResponseBase:
    inbox().clear()
    messages.success(request, _("All mails are deleted."))
    return redirect("inbox:list")


def _recipients(mails: Iterable[MailSummary]) -> list[Recipient]:
    """Return the runners of these mails who are in a course now, by address, with one query."""
    addresses = {address.lower() for mail in mails for address in mail.to}
    active = Enrollment.objects.filter(state=Enrollment.State.ACTIVE, runner__email__in=addresses)
    latest = dict(active.order_by("pk").values_list("runner__email", "pk"))
    return [Recipient(address, pk) for address, pk in sorted(latest.items())]


def _newest(ids: list[str], count: int) -> list[MailSummary]:
    found = []
    for mail_id in ids[:count]:
        try:
            found.append(_summary(mail_id))
        except KeyError:
            continue  # deleted since the ids were listed
    return found


@lru_cache(maxsize=1000)
def _summary(mail_id: str) -> MailSummary:
    return summarise(mail_id, parse(inbox().read(mail_id), head_only=True))


def _content_or_404(mail_id: str) -> bytes:
    try:
        return inbox().read(mail_id)
    except KeyError as error:
        raise Http404 from error


def _as_json(mail: MailSummary) -> dict[str, object]:
    urls = {
        name: reverse(f"inbox:{name}", args=[mail.id]) for name in ("mail", "html", "text", "source", "raw")
    }
    return {
        "id": mail.id,
        "to": mail.to,
        "subject": mail.subject,
        "date": mail.at.isoformat(),
        "message_id": mail.message_id,
        "urls": urls,
    }


def _with_new_tabs(text: str) -> str:
    # The doctype stays first: without it a browser lays out the page in quirks mode.
    return re.sub(r"\A(\s*<!doctype[^>]*>)?", r'\1<base target="_blank">', text, count=1, flags=re.I)
