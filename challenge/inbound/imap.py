"""The mailbox that returned mail arrives in, read by IMAP (RFC 9051): what is a report of a mail of ours is
taken and marked as read, everything else stays as it lies, unread.
"""

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from imaplib import IMAP4
from socket import SHUT_RDWR
from threading import Timer
from time import monotonic
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.utils import encode_folder

from challenge.inbound.bounce_mail import Outcome, take_mail
from challenge.inbound.dsn import LARGEST

log = logging.getLogger(__name__)

ANSWER_SECONDS = 15
VISIT_SECONDS = 90
MOST_MAILS = 500
PORTS = {"imaps": 993, "imap": 143}
SEEN = r"(\Seen)"


class MailboxUrlError(ValueError):
    """MAILBOX_URL can't be read; str() says why."""


@dataclass(frozen=True)
class Address:
    """Where a mailbox is. What was taken moves to the folder `move_to`, if there is one."""

    is_safe: bool
    host: str
    port: int
    user: str
    password: str
    folder: str
    move_to: str = ""


def address(url: str) -> Address:
    """imaps://user:password@host:port/FOLDER?move=FOLDER, each part quoted as in any URL. Raises
    MailboxUrlError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise MailboxUrlError(str(error)) from error
    if parts.scheme not in PORTS:
        raise MailboxUrlError("it does not begin with imaps://")
    if not parts.hostname or not parts.username or not parts.password:
        raise MailboxUrlError("the host, the user or the password is missing")
    return Address(
        is_safe=parts.scheme == "imaps",
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        move_to=parse_qs(parts.query).get("move", [""])[0],
    )


def visit(now: datetime) -> int:
    """Take what came in since the last visit. Returns how many mails; 0 also without a MAILBOX_URL and
    when the mailbox is away, as the next visit finds the same mails."""
    if not settings.MAILBOX_URL:
        return 0
    try:
        with _opened(address(settings.MAILBOX_URL)) as mailbox:
            return _work_through(mailbox, address(settings.MAILBOX_URL).move_to, now)
    except (OSError, IMAP4.error, ImapToolsError, MailboxUrlError, UnicodeError) as error:
        log.warning("the mailbox could not be read: %s", type(error).__name__)
        return 0


@contextmanager
def _opened(where: Address) -> Iterator[BaseMailBox]:
    mailbox: BaseMailBox
    if where.is_safe:
        context = ssl.create_default_context()  # imaplib's own would trust any certificate
        mailbox = MailBox(where.host, where.port, timeout=ANSWER_SECONDS, ssl_context=context)
    else:
        mailbox = MailBoxUnencrypted(where.host, where.port, timeout=ANSWER_SECONDS)
    # However slowly it drips: a visit ends.
    end = Timer(VISIT_SECONDS + ANSWER_SECONDS, _hang_up, [mailbox])
    end.daemon = True
    end.start()
    try:
        mailbox.login(where.user, where.password, initial_folder=where.folder)
        yield mailbox
        mailbox.logout()
    finally:
        end.cancel()
        _hang_up(mailbox)


def _hang_up(mailbox: BaseMailBox) -> None:
    with suppress(OSError):  # where all went well, it is closed already
        mailbox.client.sock.shutdown(SHUT_RDWR)
    with suppress(OSError):
        mailbox.client.shutdown()


def _work_through(mailbox: BaseMailBox, move_to: str, now: datetime) -> int:
    if move_to and not _can_move(mailbox):
        log.warning("the mailbox's server can't move mails; what was taken is marked as read only")
        move_to = ""
    end, taken = monotonic() + VISIT_SECONDS, 0
    # The newest first: what stays unread, visit after visit, must not stand before what comes.
    found = sorted(mailbox.uids(_criteria(), charset=None), key=int, reverse=True)
    for uid in found[:MOST_MAILS]:
        if monotonic() > end:
            break
        raw = _fetch(mailbox, uid)
        if raw and take_mail(raw, [], now) in (Outcome.TAKEN, Outcome.KNOWN):
            _put_away(mailbox, uid, move_to)
            taken += 1
    return taken


def _criteria() -> str:
    """What may be a report, asked of the server, so that a heap of other unread mail costs nothing."""
    marks = ["HEADER Content-Type report"]
    if local := settings.BOUNCE_ADDRESS.rpartition("@")[0]:
        marks += [f'HEADER {name} "{local}+"' for name in ("To", "Delivered-To", "X-Original-To")]
    asked = marks.pop()
    while marks:
        asked = f"OR ({marks.pop()}) ({asked})"
    return f"UNSEEN {asked}"


def _fetch(mailbox: BaseMailBox, uid: str) -> bytes:
    """As much of a mail as is ever read, without marking it."""
    _status, answer = mailbox.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
    return next((part[1] for part in answer or [] if isinstance(part, tuple)), b"")


def _can_move(mailbox: BaseMailBox) -> bool:
    """RFC 6851; asked again, as servers say more of themselves to who has logged in."""
    _status, said = mailbox.client.capability()
    return b"MOVE" in b" ".join(filter(None, said)).upper().split()


def _put_away(mailbox: BaseMailBox, uid: str, move_to: str) -> None:
    # Not by imap_tools' flag() and move(): they expunge, and with it what somebody else has marked as
    # deleted.
    mailbox.client.uid("STORE", uid, "+FLAGS", SEEN)
    if move_to:
        mailbox.client.uid("MOVE", uid, encode_folder(move_to).decode("ascii"))
