"""Parse an incoming mail: a delivery report (DSN, RFC 3464), a complaint (ARF, RFC 5965), an automatic answer
(RFC 3834), or none of them. bounce_mail decides whose mail it is about and whether to believe it.

Anybody can send such a mail, so time and memory are limited: only the first 256 kB are read, and a mail with
more levels or parts than any real one is not parsed at all.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.policy import compat32
from enum import StrEnum
from typing import TYPE_CHECKING

from flufl.bounce import all_failures

log = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024
MAX_NESTING, MAX_PARTS, MAX_BLOCKS = 24, 1000, 50
MAX_TEXT = 16 * 1024
FIRST_LINES = 40
MACHINE = re.compile(r"mailer-daemon|postmaster|mail delivery", re.I)
STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
HEADER_PARTS = ("text/rfc822-headers", "message/global-headers")
MAIL_PARTS = ("message/rfc822", "message/global")

Fields = dict[str, str]
if TYPE_CHECKING:
    Mail = Message[str, str]
else:
    Mail = Message


class ReportType(StrEnum):
    DSN = "dsn"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    OTHER = "other"


@dataclass(frozen=True)
class RecipientStatus:
    """The fields of one recipient in a report (RFC 3464, 2.3). `addresses` are the final and the original
    address, in lower case; `status` and `diagnostic` are quoted from the server."""

    addresses: frozenset[str]
    action: str
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True)
class IncomingReport:
    """A parsed mail. `returned` are the headers of the mail that it returns, `feedback` the fields of a
    complaint; their names are in lower case."""

    type: ReportType
    headers: Fields
    recipients: tuple[RecipientStatus, ...] = ()
    feedback: Fields | None = None
    returned: Fields | None = None


NO_REPORT = IncomingReport(ReportType.OTHER, {})


def parse(raw: bytes) -> IncomingReport:
    """Return what a mail reports. A mail that cannot be parsed reports nothing."""
    raw = raw[:MAX_BYTES]
    if _is_tangled(raw):
        return NO_REPORT
    try:
        mail: Mail = BytesParser(policy=compat32).parsebytes(raw)
        return _report(mail)
    except Exception as error:  # the parsers raise errors of any type
        log.warning("a mail could not be read: %s", type(error).__name__)
        return NO_REPORT


def _is_tangled(raw: bytes) -> bool:
    lower = raw.lower()
    nested = lower.count(b"boundary") + lower.count(b"message/")
    return nested > MAX_NESTING or raw.count(b"\n--") + raw.count(b"\r--") > MAX_PARTS


def _report(mail: Mail) -> IncomingReport:
    headers = _fields(mail)
    parts = list(_parts(mail))
    returned = next(_returned_headers(parts), None)
    feedback = next((_blocks(part) for part in parts if _type(part) == "message/feedback-report"), None)
    if feedback is not None:
        return IncomingReport(
            ReportType.COMPLAINT, headers, feedback=feedback[0] if feedback else {}, returned=returned
        )
    status = next((_blocks(part) for part in parts if _type(part) in STATUS_PARTS), None)
    if status is not None:
        recipients = tuple(_recipient_status(block) for block in status if "action" in block)
        return IncomingReport(ReportType.DSN, headers, recipients, returned=returned)
    by_machine = bool(MACHINE.search(headers.get("from", "")))
    if not by_machine and _is_auto_reply(headers):
        return IncomingReport(ReportType.AUTO_REPLY, headers)
    if by_machine or headers.get("return-path", "").strip() == "<>":
        recipients = _free_text_statuses(mail, parts)
        report_type = ReportType.DSN if recipients else ReportType.OTHER
        return IncomingReport(report_type, headers, recipients, returned=returned)
    return IncomingReport(ReportType.OTHER, headers)


def _parts(mail: Mail) -> Iterator[Mail]:
    """Yield the parts of a mail, without those of attached mails."""
    payload = mail.get_payload()
    if _type(mail).startswith("multipart/") and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _parts(part)
    else:
        yield mail


def _type(part: Mail) -> str:
    return part.get_content_type()


def _fields(part: Mail) -> Fields:
    """Return the header fields, the first of each name; those that name recipients are joined."""
    found: Fields = {}
    for name, value in part.items():
        name, value = name.lower(), str(value)
        if name not in found:
            found[name] = value
        elif name in ("delivered-to", "x-original-to"):
            found[name] += f", {value}"
    return found


def _blocks(part: Mail) -> list[Fields]:
    """Return the groups of fields in a part, whether or not the parser has divided it into them."""
    payload = part.get_payload()
    if isinstance(payload, list):
        found = [_fields(block) for block in payload[:MAX_BLOCKS] if isinstance(block, Message)]
        return [block for block in found if block]
    return [_fields(_headers(text)) for text in re.split(r"\r?\n\r?\n", _text(part))[:MAX_BLOCKS]]


def _headers(text: str) -> Mail:
    return HeaderParser(policy=compat32).parsestr(text.lstrip("\r\n"))


def _returned_headers(parts: Iterable[Mail]) -> Iterator[Fields]:
    for part in parts:
        payload = part.get_payload()
        if _type(part) in MAIL_PARTS and isinstance(payload, list) and isinstance(payload[0], Message):
            yield _fields(payload[0])
        elif _type(part) in (*HEADER_PARTS, *MAIL_PARTS):
            yield _fields(_headers(_text(part)))


def _text(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload[:MAX_TEXT].decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # an unknown charset
        return payload[:MAX_TEXT].decode("latin-1")


def _recipient_status(block: Fields) -> RecipientStatus:
    named = (block.get(name, "") for name in ("final-recipient", "original-recipient"))
    addresses = (text.rpartition(";")[2].strip(" \t<>\"'").lower() for text in named)
    return RecipientStatus(
        addresses=frozenset(filter(None, addresses)),
        action=block["action"].strip().lower(),
        status=block.get("status", ""),
        diagnostic=block.get("diagnostic-code", ""),
    )


def _is_auto_reply(headers: Fields) -> bool:
    """Return whether the headers mark an automatic answer (RFC 3834, and older forms)."""
    value = headers.get("auto-submitted", "no").strip().lower()
    before = headers.get("precedence", "").strip().lower()
    markers = ("x-autoreply", "x-autorespond", "x-auto-response-suppress")
    return not value.startswith("no") or before == "auto_reply" or any(name in headers for name in markers)


def _free_text_statuses(mail: Mail, parts: list[Mail]) -> tuple[RecipientStatus, ...]:
    """Read a report without a machine-readable part, in the formats that flufl.bounce knows."""
    delayed, failed = all_failures(mail)
    text = next((_text(part) for part in parts if _type(part) == "text/plain"), "")
    lines = [
        line for line in text.splitlines()[:FIRST_LINES] if re.search(r"\b[45]\d\d\b|\b[45]\.\d\.\d", line)
    ]
    said = " ".join(lines)
    return tuple(
        RecipientStatus(frozenset(_decoded(addresses)), action, diagnostic=said)
        for addresses, action in ((failed, "failed"), (delayed, "delayed"))
        if addresses
    )


def _decoded(addresses: Iterable[bytes | str]) -> Iterator[str]:
    for address in addresses:
        yield (address.decode("ascii", "replace") if isinstance(address, bytes) else address).lower()
