"""A test mail to the coach, to look at it in a mail program. The ledger does not record it."""

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, make_msgid

from django.conf import settings

from challenge.curriculum.slots import Compiled
from challenge.delivery.smtp.transport import Transport
from challenge.mail.compose import message, sign, written
from challenge.models import Answer


def send_test_mail(compiled: Compiled, values: dict[str, str], recipient: str, now: datetime) -> Answer:
    """Send a mail at once and return the server's answer. `values` fill its slots; their links must lead
    nowhere. Raises KeyError when a slot has no value."""
    marked = replace(compiled, subject=f"[Test] {compiled.subject}")
    headers = {
        "From": settings.MAIL_FROM,
        "To": recipient,
        "Date": format_datetime(now),
        "Message-ID": make_msgid(domain=settings.MAIL_DOMAIN),
        "Auto-Submitted": "auto-generated",
    }
    signed = sign(message(marked, values, written(headers)))
    with Transport() as transport:
        return transport.send(settings.MAIL_FROM_ADDRESS, recipient, signed)
