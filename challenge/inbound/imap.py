"""Poll the mailbox for bounces by IMAP (RFC 9051). Only recorded reports of our mails are marked as read."""

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

from challenge.inbound.bounce_mail import Disposition, receive
from challenge.inbound.dsn import MAX_BYTES

log = logging.getLogger(__name__)

ANSWER_SECONDS = 15
POLL_SECONDS = 90
MAX_MAILS = 500
PORTS = {"imaps": 993, "imap": 143}
SEEN = r"(\Seen)"


class MailboxUrlError(ValueError):
    """MAILBOX_URL is invalid; str() says why."""


@dataclass(frozen=True)
class MailboxUrl:
    """The parts of MAILBOX_URL. Recorded mails move to the folder `move_to`, if there is one."""

    is_safe: bool
    host: str
    port: int
    user: str
    password: str
    folder: str
    move_to: str = ""


def parse_url(url: str) -> MailboxUrl:
    """Parse imaps://user:password@host:port/FOLDER?move=FOLDER, with URL quoting. Raises MailboxUrlError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise MailboxUrlError(str(error)) from error
    if parts.scheme not in PORTS:
        raise MailboxUrlError("it does not begin with imaps://")
    if not parts.hostname or not parts.username or not parts.password:
        raise MailboxUrlError("the host, the user or the password is missing")
    return MailboxUrl(
        is_safe=parts.scheme == "imaps",
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        move_to=parse_qs(parts.query).get("move", [""])[0],
    )


def poll(now: datetime) -> int:
    """Record the reports since the last poll, and return their number: 0 without a MAILBOX_URL, or while the
    mailbox is away. The next poll finds the same mails."""
    if not settings.MAILBOX_URL:
        return 0
    try:
        url = parse_url(settings.MAILBOX_URL)
        with _opened(url) as mailbox:
            return _receive_unseen(mailbox, url.move_to, now)
    except (OSError, IMAP4.error, ImapToolsError, MailboxUrlError, UnicodeError) as error:
        log.warning("the mailbox could not be read: %s", type(error).__name__)
        return 0


@contextmanager
def _opened(url: MailboxUrl) -> Iterator[BaseMailBox]:
    mailbox: BaseMailBox
    if url.is_safe:
        context = ssl.create_default_context()  # imaplib's default context would trust any certificate
        mailbox = MailBox(url.host, url.port, timeout=ANSWER_SECONDS, ssl_context=context)
    else:
        mailbox = MailBoxUnencrypted(url.host, url.port, timeout=ANSWER_SECONDS)
    # This ends a poll even if the server answers slowly.
    end = Timer(POLL_SECONDS + ANSWER_SECONDS, _hang_up, [mailbox])
    end.daemon = True
    end.start()
    try:
        mailbox.login(url.user, url.password, initial_folder=url.folder)
        yield mailbox
        mailbox.logout()
    finally:
        end.cancel()
        _hang_up(mailbox)


def _hang_up(mailbox: BaseMailBox) -> None:
    with suppress(OSError):  # after a normal end it is closed already
        mailbox.client.sock.shutdown(SHUT_RDWR)
    with suppress(OSError):
        mailbox.client.shutdown()


def _receive_unseen(mailbox: BaseMailBox, move_to: str, now: datetime) -> int:
    if move_to and not _can_move(mailbox):
        log.warning("the mailbox's server can't move mails; recorded mails are only marked as read")
        move_to = ""
    end, recorded = monotonic() + POLL_SECONDS, 0
    # Read the newest first, so that mails that always stay unread do not delay new ones.
    found = sorted(mailbox.uids(_criteria(), charset=None), key=int, reverse=True)
    for uid in found[:MAX_MAILS]:
        if monotonic() > end:
            break
        raw = _fetch(mailbox, uid)
        if raw and receive(raw, [], now) in (Disposition.RECORDED, Disposition.KNOWN):
            _put_away(mailbox, uid, move_to)
            recorded += 1
    return recorded


def _criteria() -> str:
    """Return the search for mails that may be reports, so that other unread mail costs nothing."""
    criteria = ["HEADER Content-Type report"]
    if local := settings.BOUNCE_ADDRESS.rpartition("@")[0]:
        criteria += [f'HEADER {name} "{local}+"' for name in ("To", "Delivered-To", "X-Original-To")]
    search = criteria.pop()
    while criteria:
        search = f"OR ({criteria.pop()}) ({search})"
    return f"UNSEEN {search}"


def _fetch(mailbox: BaseMailBox, uid: str) -> bytes:
    """Fetch only the part of a mail that is parsed, without marking it as read."""
    _status, answer = mailbox.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES}>)")
    return next((part[1] for part in answer or [] if isinstance(part, tuple)), b"")


def _can_move(mailbox: BaseMailBox) -> bool:
    """Return whether the server has MOVE (RFC 6851). Servers list more capabilities after the login."""
    _status, capabilities = mailbox.client.capability()
    return b"MOVE" in b" ".join(filter(None, capabilities)).upper().split()


def _put_away(mailbox: BaseMailBox, uid: str, move_to: str) -> None:
    # Do not use imap_tools' flag() and move(): they expunge, which also removes mails that somebody else has
    # marked as deleted.
    mailbox.client.uid("STORE", uid, "+FLAGS", SEEN)
    if move_to:
        mailbox.client.uid("MOVE", uid, encode_folder(move_to).decode("ascii"))
