"""A trial: one mail to the coach herself, to see it where mail is read. Nothing is kept in the ledger."""

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, make_msgid

from django.conf import settings

from challenge.curriculum.compile import Compiled
from challenge.delivery.smtp.transport import Answer, Transport
from challenge.mail.compose import message, written
from challenge.mail.dkim import sign


def send_trial(compiled: Compiled, values: dict[str, str], recipient: str, now: datetime) -> Answer:
    """Hand a mail over at once and say what the server answered. `values` fill its slots; their links
    must lead nowhere. Raises KeyError when a slot has no value."""
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
        return transport.hand_over(settings.MAIL_FROM_ADDRESS, recipient, signed)
