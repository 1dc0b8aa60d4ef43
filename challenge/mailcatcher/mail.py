"""What one mail says. Nothing here fails on a mail that is malformed: the bytes come from anywhere."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser

from challenge.mailcatcher.store import arrived

LONGEST_FIELD = 300


@dataclass(frozen=True)
class Head:
    """What a list shows of a mail; `to` is the envelope's recipients."""

    id: str
    to: list[str]
    sender: str
    subject: str
    message_id: str
    at: datetime


def parse(raw: bytes, head_only: bool = False) -> Message:
    """The message in the bytes that store.Inbox keeps."""
    # compat32 leaves a malformed field as it is, where the newer policies may raise.
    return BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=head_only)


def head(mail_id: str, message: Message) -> Head:
    """The head of the mail of this id."""
    return Head(
        id=mail_id,
        to=[str(address) for address in message.get_all("Delivered-To", [])],
        sender=_field(message, "From"),
        subject=_field(message, "Subject"),
        message_id=_field(message, "Message-ID"),
        at=arrived(mail_id),
    )


def part(message: Message, kind: str) -> str | None:
    """The text of the first part of a kind (such as text/html) that is no attachment, if one is."""
    for found in message.walk():
        if found.get_content_type() == kind and found.get_content_disposition() != "attachment":
            payload = found.get_payload(decode=True)
            if isinstance(payload, bytes):
                return _decoded(payload, found.get_content_charset("utf-8"))
    return None


def _field(message: Message, name: str) -> str:
    text = str(message.get(name, ""))
    # An unknown character set or broken base64: better the raw words than none.
    with suppress(ValueError, LookupError):
        text = str(make_header(decode_header(text)))
    return " ".join(text.split())[:LONGEST_FIELD]


def _decoded(payload: bytes, charset: str) -> str:
    try:
        return payload.decode(charset, "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")
