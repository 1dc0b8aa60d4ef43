"""A connection to a mail server, with limits of time and of the size of replies (RFC 5321)."""

import io
import select
import smtplib
import socket
import ssl
import sys
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from django.conf import settings

# A reply has a few lines; the reply to EHLO a few dozen. More than this is an error or an attack.
MOST_OCTETS = 64 * 1024
# The size of one TLS record (RFC 8446, 5.1). If several are written at once and the writing fails, the number
# that went out is unknown.
RECORD = 16 * 1024


class _BoundedReader(io.RawIOBase):
    """The server's replies while the connection is opened, up to a deadline and MOST_OCTETS: a server that
    sends its answer byte by byte, or never ends it, cannot exceed them."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline, self._left = sock, deadline, MOST_OCTETS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_seconds_left(self._deadline))
        count = self._sock.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise ConnectionAbortedError("the server said far too much")
        return count


class _Smtp(smtplib.SMTP):
    def __init__(self, deadline: float, *args: Any, **options: Any) -> None:
        self._deadline = deadline
        super().__init__(*args, **options)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_BoundedReader(self.sock, self._deadline))
        return super().getreply()


class _SmtpOverTls(_Smtp, smtplib.SMTP_SSL):
    pass


def _seconds_left(deadline: float) -> float:
    """Return the seconds until a deadline. Raises TimeoutError when it has passed."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("the server took too long")
    return min(left, settings.SMTP_TIMEOUT)


def _addresses(host: str, port: int) -> list[Any]:
    """Return the addresses of a host, within SMTP_TIMEOUT: a resolver may take minutes and cannot be stopped.
    Raises OSError or ValueError."""
    found: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            found.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=settings.SMTP_TIMEOUT)
    except Empty:
        raise TimeoutError("the name of the mail server was not found in time") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def connect(deadline: float) -> "Connection":
    """Open a connection by the settings: TLS, EHLO, AUTH. `deadline` is in seconds of the monotonic clock.
    Raises OSError, SMTPException or ValueError."""
    # The host's addresses are tried in turn, so each gets its share of the time.
    addresses = _addresses(settings.EMAIL_HOST, settings.EMAIL_PORT)
    tls = {"context": ssl.create_default_context()} if settings.EMAIL_USE_SSL else {}
    smtp = (_SmtpOverTls if tls else _Smtp)(
        deadline,
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        local_hostname=settings.MAIL_DOMAIN,
        timeout=settings.SMTP_TIMEOUT / len(addresses),
        **tls,
    )
    try:
        smtp.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()  # RFC 3207, 4.2: the client forgets the replies from before TLS
        if settings.EMAIL_HOST_USER:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except BaseException:
        smtp.close()
        raise
    assert smtp.sock is not None
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(smtp, smtp.sock)


class Connection:
    """Commands and replies on an open connection. An error is an OSError or SMTPException.

    `takes_pipelining` says whether the server takes PIPELINING (RFC 2920). `waited` is the time in seconds
    spent waiting for it since `until` was last called.
    """

    def __init__(self, smtp: smtplib.SMTP, sock: socket.socket) -> None:
        self._smtp, self._sock = smtp, sock
        self.takes_pipelining = smtp.has_extn("pipelining")
        self._most = RECORD if isinstance(sock, ssl.SSLSocket) else sys.maxsize
        self._unread = b""
        self._ahead = 0
        self._deadline = 0.0
        self._timeout = 0.0
        self.written = 0
        self.waited = 0.0

    def close(self) -> None:
        """Close the connection without QUIT."""
        self._smtp.close()

    @property
    def is_ahead(self) -> bool:
        """Return whether the server has sent more replies than it owed; its next reply would mislead."""
        if self._unread or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
            return True
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(0))

    def is_leaving(self) -> bool:
        """Return whether the server has announced that it closes the connection (421: RFC 5321, 3.8): then
        this is no reply to another command."""
        try:
            return self.reply()[0] == 421
        except (OSError, smtplib.SMTPException):
            return True

    def until(self, deadline: float) -> None:
        """Set the deadline of all that follows, in seconds of the monotonic clock."""
        self._deadline, self.waited = deadline, 0.0

    def write(self, *pieces: bytes) -> None:
        """Write all pieces at once; if that fails, `written` is the number of octets that went out."""
        octets = memoryview(b"".join(pieces))
        self.written = 0
        while self.written < len(octets):
            self._limit_wait()
            self.written += self._sock.send(octets[self.written : self.written + self._most])

    def pipeline(self, commands: Sequence[bytes], *before: bytes) -> None:
        """Write a group of commands, together with the bytes before them, to a server with PIPELINING (RFC
        2920). For any other server, `reply_to` writes each command."""
        if self.takes_pipelining:
            self.write(*before, *commands)
            self._ahead = len(commands)

    def reply_to(self, command: bytes) -> tuple[int, bytes]:
        """Return the reply to the next command of a group; write the command first if that is still to do."""
        if self._ahead:
            self._ahead -= 1
        else:
            self.write(command)
        return self.reply()

    def drain(self) -> int:
        """Read all replies that the server still owes; return the last code, 0 if there is none."""
        code = 0
        while self._ahead:
            self._ahead -= 1
            code, _text = self.reply()
        return code

    def reply(self) -> tuple[int, bytes]:
        """Read one reply: its code, -1 if malformed, and its text without codes."""
        texts: list[bytes] = []
        size = 0
        first: int | None = None
        while True:
            line = self._line()
            size += len(line)
            texts.append(line[4:].strip())
            code = int(line[:3]) if line[:3].isdigit() else -1
            if first is None:
                first = code
            elif code != first:
                return -1, b"\n".join(texts)  # RFC 5321, 4.2.1: the code is the same in every line
            if line[3:4] != b"-" or code < 0:
                return code, b"\n".join(texts)
            if size > MOST_OCTETS:
                raise ConnectionAbortedError("the server said far too much")

    def _line(self) -> bytes:
        while (end := self._unread.find(b"\n")) < 0:
            if len(self._unread) > MOST_OCTETS:
                raise ConnectionAbortedError("the server said far too much")
            self._limit_wait()
            began = monotonic()
            try:
                data = self._sock.recv(MOST_OCTETS)
            finally:
                self.waited += monotonic() - began
            if not data:
                raise smtplib.SMTPServerDisconnected("the server hung up")
            self._unread += data
        line, self._unread = self._unread[: end + 1], self._unread[end + 1 :]
        return line

    def _limit_wait(self) -> None:
        patience = _seconds_left(self._deadline)
        if patience != self._timeout:
            self._sock.settimeout(patience)
            self._timeout = patience
