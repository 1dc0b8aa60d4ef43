"""Compose a message as bytes: a compiled mail with filled slots, its headers and its signature (DKIM, where
no provider signs: RFC 6376, RFC 8463)."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

import dkim
from django.conf import settings

from challenge.curriculum.compile import compile_mail
from challenge.curriculum.slots import Compiled
from challenge.mail.compiled_again import SECTIONS, compiled_again
from challenge.mail.context import MailContext
from challenge.mail.dkim_key import cached_key
from challenge.mail.prepared import prepare
from challenge.models import Delivery, Revision
from challenge.models.mail_kinds import Wording

# Headers are written unfolded: a link is one long word, which some mail programs do not join again.
UNFOLDED = SMTP.clone(max_line_length=998)
# Text, and an address, that a header may hold without encoding (RFC 5322, 3.2.3 and 3.4.1).
PLAIN = re.compile(r"(?!.*=\?)[!-~](?:[ -~]{0,900}[!-~])?")
DOT_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w.-]+", re.ASCII)
RELAXED = (b"relaxed", b"relaxed")
# From is listed once more than the mail has it: a second From added on the way breaks the signature (RFC
# 6376, 8.15). Reply-To and Cc, which we do not set, are listed for the same reason. RFC 8058, 4 demands both
# List-Unsubscribe headers.
SIGNED = (
    b"from",
    b"from",
    b"to",
    b"cc",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"auto-submitted",
    b"feedback-id",
)


def compose(
    delivery: Delivery,
    revision: Revision | None,
    now: datetime,
    greeting: str = "",
    *,
    note: str = "",
    asks_for_morning: bool = False,
) -> bytes:
    """Compose the message of a delivery with CRLF line ends, and no line that begins with a dot. For a
    lesson, `revision` is the day's, `greeting` its first words and `note` the coach's own to the runner; it
    may ask for the morning.

    Raises when there is no compiled mail or a slot has no value; the caller counts such failures.
    """
    values = MailContext(delivery, now)
    values["greeting"], values["coach_note"] = greeting, note
    values["morning"] = "asked" if asks_for_morning else ""
    # Mail to an address that is not the runner's has no link to the course, in its headers neither.
    leave_url = values["leave_url"] if "leave_url" in delivery.rules.slots else ""
    return message(_compiled(delivery, revision), values, _headers(delivery, leave_url, now))


def message(compiled: Compiled, values: Mapping[str, str], headers: bytes) -> bytes:
    """Fill the slots of a compiled mail and return the message; `headers` are as from `written`, without the
    subject. Raises KeyError for a slot without a value."""
    mail = prepare(compiled)
    return b"".join([headers, header("Subject", mail.subject(values)), *mail.body(values)])


def written(headers: Mapping[str, str]) -> bytes:
    """Return header lines. Raises ValueError for a header with a line break."""
    return b"".join([header(name, text) for name, text in headers.items()])


def header(name: str, text: str) -> bytes:
    """Return one header line (RFC 5322), with encoded words for text outside ASCII (RFC 2047)."""
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
    wording = delivery.rules.wording
    if wording == Wording.TEMPLATES:
        return _mail(delivery.kind, delivery.day > 0)
    whole = revision if wording == Wording.REVISION else delivery.recall
    if whole is None:
        raise LookupError(f"{delivery.kind} {delivery.day} has no published {wording}")
    if SECTIONS[wording] not in whole.text:
        return compiled_again(whole, delivery.required_enrollment)
    return Compiled(whole.subject, whole.text, whole.html)


@lru_cache
def _mail(kind: str, has_day: bool) -> Compiled:
    return compile_mail(kind, {"has_day": has_day})


def _headers(delivery: Delivery, leave_url: str, now: datetime) -> bytes:
    """Return the headers of RFC 5322; List-ID (RFC 2919), one-click List-Unsubscribe (RFC 2369, RFC 8058),
    Auto-Submitted (RFC 3834), and Feedback-ID (Gmail's feedback loop): four parts, the last names the
    sender. Mail that belongs to no enrollment is of no list."""
    own = {"To": delivery.to_address, "Message-ID": delivery.message_id}
    if leave_url:
        own["List-Unsubscribe"] = f"<{leave_url}>"
        own["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    date = _date(now.replace(microsecond=0))
    shared = [("From", settings.MAIL_FROM), ("Date", date), ("Auto-Submitted", "auto-generated")]
    if enrollment := delivery.enrollment:
        program = enrollment.program
        shared += [
            ("List-ID", f"{program.title} <{program.slug}.{settings.MAIL_DOMAIN}>"),
            ("Feedback-ID", f"{delivery.day}:{program.slug}:{delivery.kind}:runner-reset"),
        ]
    return _shared(*shared) + written(own)


@lru_cache(maxsize=64)
def _shared(*headers: tuple[str, str]) -> bytes:
    return written(dict(headers))


@lru_cache(maxsize=2)
def _date(now: datetime) -> str:
    return format_datetime(now)


def sign(message: bytes) -> bytes:
    """Return the message with a DKIM-Signature in front, or unchanged where DKIM_KEY_FILE is empty.

    `message` has CRLF line ends; its dots are not doubled yet. Raises UnusableKeyError when the key cannot be
    used and DKIMException when the message cannot be parsed, so that no mail leaves unsigned by mistake.
    """
    if not settings.DKIM_KEY_FILE:
        return message
    key = cached_key(settings.DKIM_KEY_FILE)
    signer = dkim.DKIM(message, signature_algorithm=key.algorithm)
    selector, domain = settings.DKIM_SELECTOR.encode(), settings.MAIL_DOMAIN.lower().encode()
    header = signer.sign(selector, domain, key.private, canonicalize=RELAXED, include_headers=SIGNED)
    return bytes(header) + message
