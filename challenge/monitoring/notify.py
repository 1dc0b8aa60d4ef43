"""Notify the operator: by a mail through a separate server, and by a signed webhook. Neither uses the
database, and both have a time limit."""

import base64
import hashlib
import hmac
import json
import logging
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from challenge.monitoring.timeout import within
from challenge.monitoring.wording import AlarmText

log = logging.getLogger(__name__)

# The limits for one step of a connection, and for all of it.
STEP_SECONDS = 10
SECONDS = 20


@dataclass(frozen=True)
class Alert:
    """A message to the operator. `stage` is began, goes_on or over; `number` differs between repetitions."""

    kind: str
    text: AlarmText
    since: datetime
    stage: str
    number: str = ""

    @property
    def id(self) -> str:
        """Return the same id when a notification is repeated because no server has confirmed it."""
        what = f"{self.kind} {self.since.isoformat()} {self.stage} {self.number}"
        return f"msg_{hashlib.sha256(what.encode()).hexdigest()[:32]}"


def notify(alert: Alert, now: datetime) -> bool:
    """Send an alert by every configured way. Return False when there are ways and all of them failed."""
    ways: list[tuple[str, Callable[[Alert, datetime], None]]] = []
    if settings.OPERATOR_EMAIL:
        ways.append(("mail", by_mail))
    if settings.ALARM_WEBHOOK_URL:
        ways.append(("webhook", by_webhook))
    level = logging.INFO if alert.stage == "over" else logging.ERROR
    log.log(level, "alarm %s %s: %s", alert.kind, alert.stage, alert.text, extra={"alarm": alert.kind})
    return not ways or any([_try(name, way, alert, now) for name, way in ways])


def _try(name: str, way: Callable[[Alert, datetime], None], alert: Alert, now: datetime) -> bool:
    try:
        within(SECONDS, lambda: way(alert, now))
    except Exception as error:  # after any error on one way, try the other one
        log.error("alarm %s: the %s failed: %s", alert.kind, name, type(error).__name__)
        return False
    return True


def by_mail(alert: Alert, now: datetime) -> None:
    """Send a mail through ALARM_EMAIL_URL from the operator, whose own account it is, to the operator;
    without that setting through the runners' server, in the coach's name."""
    server = settings.ALARM_EMAIL or {name: getattr(settings, name) for name in _SERVER}
    options = {name: server[setting] for setting, name in _SERVER.items()}
    host = urlsplit(settings.SITE_URL).netloc
    with translation.override(settings.LANGUAGE_CODE):
        since = date_format(timezone.localtime(alert.since), "D j M Y, H:i T")
        text = [str(alert.text), _("Since %(time)s.") % {"time": since}, settings.SITE_URL]
        subject = _("%(site)s: %(sentence)s") % {"site": host, "sentence": alert.text}
    EmailMessage(
        subject=" ".join(subject.split())[:120],
        body="\n\n".join(text) + "\n",
        from_email=settings.OPERATOR_EMAIL if settings.ALARM_EMAIL else settings.MAIL_FROM,
        to=[settings.OPERATOR_EMAIL],
        headers={
            "Auto-Submitted": "auto-generated",
            "Date": format_datetime(now),
            "Message-ID": f"<{alert.id}@{settings.MAIL_DOMAIN}>",
        },
        connection=EmailBackend(**options, timeout=STEP_SECONDS, fail_silently=False),
    ).send()


_SERVER = {
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Never follow a redirect: a webhook goes only to its configured address."""

    def redirect_request(self, *args: Any, **options: Any) -> None:
        return None


def by_webhook(alert: Alert, now: datetime) -> None:
    """POST an alert as JSON. Raises for any answer that is not 2xx."""
    fields = {"kind": alert.kind, "sentence": str(alert.text), "since": alert.since.isoformat()}
    data = {**fields, "site": settings.SITE_URL}
    body = json.dumps({"type": f"alarm.{alert.stage}", "timestamp": now.isoformat(), "data": data}).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "runner-reset",
        **signed(alert.id, body, now),
    }
    request = urllib.request.Request(settings.ALARM_WEBHOOK_URL, body, headers, method="POST")
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=STEP_SECONDS):
        pass


def signed(message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks (standardwebhooks.com, version 1): id, time, and the
    HMAC-SHA256 of both with the body under ALARM_WEBHOOK_SECRET; unsigned where there is no secret."""
    stamp = str(int(now.timestamp()))
    headers = {"webhook-id": message_id, "webhook-timestamp": stamp}
    if settings.ALARM_WEBHOOK_SECRET:
        key = base64.b64decode(settings.ALARM_WEBHOOK_SECRET.removeprefix("whsec_"))
        digest = hmac.digest(key, b".".join([message_id.encode(), stamp.encode(), body]), "sha256")
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers
