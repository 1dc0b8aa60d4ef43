"""Parse one mail. A malformed mail raises no error: the bytes may come from anywhere."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser

from challenge.mailcatcher.store import arrival_time

MAX_FIELD = 300


@dataclass(frozen=True)
class MailSummary:
    """A mail in the list; `to` is the envelope's recipients."""

    id: str
    to: list[str]
    sender: str
    subject: str
    message_id: str
    at: datetime


def parse(raw: bytes, head_only: bool = False) -> Message:
    # compat32 leaves a malformed field unchanged, where the newer policies may raise.
    return BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=head_only)


def summarise(mail_id: str, message: Message) -> MailSummary:
    return MailSummary(
        id=mail_id,
        to=[str(address) for address in message.get_all("Delivered-To", [])],
        sender=_field(message, "From"),
        subject=_field(message, "Subject"),
        message_id=_field(message, "Message-ID"),
        at=arrival_time(mail_id),
    )


def find_part(message: Message, content_type: str) -> str | None:
    """Return the text of the first part of a content type that is no attachment, or None."""
    for found in message.walk():
        if found.get_content_type() == content_type and found.get_content_disposition() != "attachment":
            payload = found.get_payload(decode=True)
            if isinstance(payload, bytes):
                return _decoded(payload, found.get_content_charset("utf-8"))
    return None


def _field(message: Message, name: str) -> str:
    text = str(message.get(name, ""))
    # Show the raw text when its character set is unknown or its base64 is broken.
    with suppress(ValueError, LookupError):
        text = str(make_header(decode_header(text)))
    return " ".join(text.split())[:MAX_FIELD]


def _decoded(payload: bytes, charset: str) -> str:
    try:
        return payload.decode(charset, "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")
