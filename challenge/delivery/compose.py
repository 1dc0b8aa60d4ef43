"""One message as bytes: a compiled mail, its slots filled for one runner, and its headers."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from django.conf import settings

from challenge.curriculum.compile import Compiled, compile_mail
from challenge.delivery.stencil import stencil
from challenge.delivery.values import RunnerValues
from challenge.models import Delivery, Revision

# Headers are written unfolded: a link is one long word, which some readers do not put together again.
UNFOLDED = SMTP.clone(max_line_length=998)
# Words that stand in a header as they are, and such an address (RFC 5322, 3.2.3 and 3.4.1).
PLAIN = re.compile(r"(?!.*=\?)[!-~](?:[ -~]{0,900}[!-~])?")
DOT_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w.-]+", re.ASCII)


def compose(delivery: Delivery, revision: Revision | None, now: datetime, greeting: str = "") -> bytes:
    """The message of a delivery, CRLF line ends. `revision` is the day's and `greeting` the first
    words, for a lesson.

    Raises when there is nothing to fill or a slot has no value; the caller counts such tries.
    """
    values = RunnerValues(delivery, now)
    values["greeting"] = greeting
    return message(_compiled(delivery, revision), values, _headers(delivery, values["leave_url"], now))


def message(compiled: Compiled, values: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
    """A compiled mail with its slots filled, as the bytes of a message. Raises KeyError for a slot
    without a value and ValueError for a header that holds a line break."""
    mould = stencil(compiled)
    lines = [header(name, text) for name, text in headers.items()]
    return b"".join([*lines, header("Subject", mould.subject(values)), mould.body(values)])


def header(name: str, text: str) -> bytes:
    """One header line (RFC 5322), what is not ASCII as encoded words (RFC 2047)."""
    plain = DOT_ATOM if name == "To" else PLAIN
    if name == "From" or not plain.fullmatch(text):
        return _folded(name, text)
    return f"{name}: {text}\r\n".encode()


@lru_cache(maxsize=256)
def _folded(name: str, text: str) -> bytes:
    written = EmailMessage(policy=UNFOLDED)
    written[name] = text
    return written.as_bytes().removesuffix(b"\r\n")


def _compiled(delivery: Delivery, revision: Revision | None) -> Compiled:
    if delivery.kind == Delivery.Kind.LESSON:
        if revision is None:
            raise LookupError(f"day {delivery.day} has no published revision")
        return Compiled(revision.subject, revision.text, revision.html)
    if delivery.recall:
        return Compiled(delivery.recall.subject, delivery.recall.text, delivery.recall.html)
    return _mail(delivery.kind, delivery.day > 0)


@lru_cache
def _mail(kind: str, has_day: bool) -> Compiled:
    return compile_mail(kind, {"has_day": has_day})


def _headers(delivery: Delivery, leave_url: str, now: datetime) -> dict[str, str]:
    """RFC 5322; List-ID (RFC 2919), one-click List-Unsubscribe (RFC 2369, RFC 8058), Auto-Submitted
    (RFC 3834), and Feedback-ID (Gmail's feedback loop): four parts, the last names the sender."""
    program = delivery.enrollment.program
    return {
        "From": settings.MAIL_FROM,
        "To": delivery.enrollment.runner.email,
        "Date": format_datetime(now),
        "Message-ID": delivery.message_id,
        "List-ID": f"{program.title} <{program.slug}.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe": f"<{leave_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Feedback-ID": f"{delivery.day}:{program.slug}:{delivery.kind}:runner-reset",
    }
