"""Reads a mail that came in: is it a delivery report (DSN, RFC 3464), a complaint (ARF, RFC 5965), an
answer of a machine, or none of them? Whom it is about, and whether to believe it, is asked elsewhere.

Anybody can write such a mail. Time and memory are bounded by what is read of it: its first 256 kB, and
nothing of a mail that is nested or divided more often than any real one.
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

LARGEST = 256 * 1024
MOST_NESTED, MOST_PARTS, MOST_BLOCKS = 24, 1000, 50
LONGEST_TEXT = 16 * 1024
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


class Sort(StrEnum):
    """What a mail turned out to be."""

    DSN = "dsn"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    OTHER = "other"


@dataclass(frozen=True)
class Fate:
    """What became of a mail to one recipient. `recipients` are the addresses that name her, in lower
    case; `action` is RFC 3464's; `status` and `diagnostic` are what the servers said."""

    recipients: frozenset[str]
    action: str
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True)
class Report:
    """A mail as it was read. `about` are the headers of the mail that it returns, `feedback` the fields
    of a complaint, names in lower case."""

    sort: Sort
    headers: Fields
    fates: tuple[Fate, ...] = ()
    feedback: Fields | None = None
    about: Fields | None = None


NOTHING = Report(Sort.OTHER, {})


def read(raw: bytes) -> Report:
    """What a mail is. One that can't be read is like any other that says nothing."""
    raw = raw[:LARGEST]
    if _is_tangled(raw):
        return NOTHING
    try:
        mail: Mail = BytesParser(policy=compat32).parsebytes(raw)
        return _sorted(mail)
    except Exception as error:  # the parsers raise whatever they trip over
        log.warning("a mail could not be read: %s", type(error).__name__)
        return NOTHING


def _is_tangled(raw: bytes) -> bool:
    lower = raw.lower()
    nested = lower.count(b"boundary") + lower.count(b"message/")
    return nested > MOST_NESTED or raw.count(b"\n--") + raw.count(b"\r--") > MOST_PARTS


def _sorted(mail: Mail) -> Report:
    headers = _fields(mail)
    parts = list(_parts(mail))
    about = next(_returned(parts), None)
    feedback = next((_blocks(part) for part in parts if _type(part) == "message/feedback-report"), None)
    if feedback is not None:
        return Report(Sort.COMPLAINT, headers, feedback=feedback[0] if feedback else {}, about=about)
    status = next((_blocks(part) for part in parts if _type(part) in STATUS_PARTS), None)
    if status is not None:
        fates = tuple(_fate(block) for block in status if "action" in block)
        return Report(Sort.DSN, headers, fates, about=about)
    by_machine = bool(MACHINE.search(headers.get("from", "")))
    if not by_machine and _is_auto_reply(headers):
        return Report(Sort.AUTO_REPLY, headers)
    if by_machine or headers.get("return-path", "").strip() == "<>":
        fates = _guessed(mail, parts)
        return Report(Sort.DSN if fates else Sort.OTHER, headers, fates, about=about)
    return Report(Sort.OTHER, headers)


def _parts(mail: Mail) -> Iterator[Mail]:
    """The parts of a mail; not those of the mails in it, which say nothing of the mail itself."""
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
    """Its header fields. Of two with one name the first counts, but what names recipients is joined."""
    found: Fields = {}
    for name, value in part.items():
        name, value = name.lower(), str(value)
        if name not in found:
            found[name] = value
        elif name in ("delivered-to", "x-original-to"):
            found[name] += f", {value}"
    return found


def _blocks(part: Mail) -> list[Fields]:
    """The groups of fields in a part, however the parser took them apart, or whatever was nested here."""
    payload = part.get_payload()
    if isinstance(payload, list):
        found = [_fields(block) for block in payload[:MOST_BLOCKS] if isinstance(block, Message)]
        return [block for block in found if block]
    return [_fields(_headers(text)) for text in re.split(r"\r?\n\r?\n", _text(part))[:MOST_BLOCKS]]


def _headers(text: str) -> Mail:
    return HeaderParser(policy=compat32).parsestr(text.lstrip("\r\n"))


def _returned(parts: Iterable[Mail]) -> Iterator[Fields]:
    """The headers of the mail that a report returns."""
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
        return payload[:LONGEST_TEXT].decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # a charset that nobody knows
        return payload[:LONGEST_TEXT].decode("latin-1")


def _fate(block: Fields) -> Fate:
    named = (block.get(name, "") for name in ("final-recipient", "original-recipient"))
    addresses = (text.rpartition(";")[2].strip(" \t<>\"'").lower() for text in named)
    return Fate(
        recipients=frozenset(filter(None, addresses)),
        action=block["action"].strip().lower(),
        status=block.get("status", ""),
        diagnostic=block.get("diagnostic-code", ""),
    )


def _is_auto_reply(headers: Fields) -> bool:
    """RFC 3834, and what was used before it."""
    said = headers.get("auto-submitted", "no").strip().lower()
    before = headers.get("precedence", "").strip().lower()
    marks = ("x-autoreply", "x-autorespond", "x-auto-response-suppress")
    return not said.startswith("no") or before == "auto_reply" or any(mark in headers for mark in marks)


def _guessed(mail: Mail, parts: list[Mail]) -> tuple[Fate, ...]:
    """What a report without a machine's part says, in the many ways that flufl.bounce knows."""
    delayed, failed = all_failures(mail)
    text = next((_text(part) for part in parts if _type(part) == "text/plain"), "")
    lines = [
        line for line in text.splitlines()[:FIRST_LINES] if re.search(r"\b[45]\d\d\b|\b[45]\.\d\.\d", line)
    ]
    said = " ".join(lines)
    fates = [(failed, "failed"), (delayed, "delayed")]
    return tuple(
        Fate(frozenset(_decoded(addresses)), action, diagnostic=said)
        for addresses, action in fates
        if addresses
    )


def _decoded(addresses: Iterable[bytes | str]) -> Iterator[str]:
    for address in addresses:
        yield (address.decode("ascii", "replace") if isinstance(address, bytes) else address).lower()
