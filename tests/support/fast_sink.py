"""A fast SMTP sink: it takes every message, and costs the machine next to nothing beside what is measured.

    python -m tests.support.fast_sink PORT [--log FILE] [--delay SECONDS] [--no-pipelining]

It says "listening" when it does. Each message is one line of the log, "time message-id domain/number",
the time in seconds since 1970 and the number taken from the recipient's local part; it is written, in
one append, before the answer is. Commands may come many in a segment (RFC 2920), and so may a body's end
and the next message's commands. Bodies are not read but for their end and the Message-ID.
"""

import os
import re
import selectors
import socket
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from time import monotonic, time

SEGMENT = memoryview(bytearray(1 << 18))
LONGEST_LINE = 4096
MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
RECIPIENT = re.compile(rb"<?([^@<>]*)@([^>\s]*)")
END = b"\r\n.\r\n"


class Gone(Exception):
    """The client hung up, or does not speak SMTP."""


class Client:
    """One connection, with input that was not answered yet."""

    def __init__(self, sock: socket.socket, sink: "Sink") -> None:
        self.sock, self._sink = sock, sink
        self._buffer = bytearray()
        self._at = 0  # everything before it is dealt with
        self._searched = 0  # no end of the body lies before it
        self._in_body = False
        self._recipient = b""
        self.held = False  # an answer is due later; what comes after it waits
        self._replies: list[bytes] = []

    def say(self, reply: bytes) -> None:
        """Send at once; close the connection of a client that does not read."""
        try:
            if self.sock.send(reply) != len(reply):
                raise Gone
        except OSError as error:
            raise Gone from error

    def receive(self) -> None:
        try:
            size = self.sock.recv_into(SEGMENT)
        except BlockingIOError:
            return
        except OSError as error:
            raise Gone from error
        if not size:
            raise Gone
        self._buffer += SEGMENT[:size]
        self.go_on()

    def go_on(self) -> None:
        """Handle everything that is complete, and answer it in one segment."""
        while not self.held and (self._body() if self._in_body else self._command()):
            pass
        del self._buffer[: self._at]
        self._searched = max(self._searched - self._at, 0)
        self._at = 0
        if self._replies:
            reply, self._replies = b"".join(self._replies), []
            self.say(reply)

    def _command(self) -> bool:
        end = self._buffer.find(b"\r\n", self._at)
        if end < 0:
            if len(self._buffer) - self._at > LONGEST_LINE:
                raise Gone
            return False
        line = bytes(self._buffer[self._at : end])
        self._at = end + 2
        verb = line[:4].upper()
        if verb == b"DATA":
            # The body's end may be right here: the line's own CRLF is the first part of it.
            self._in_body, self._at, self._searched = True, end, end
            self._replies.append(b"354 go on\r\n")
        elif verb == b"RCPT":
            self._recipient = line[8:]
            self._replies.append(b"250 ok\r\n")
        elif verb == b"EHLO":
            self._replies.append(self._sink.greeting)
        elif verb == b"QUIT":
            self.say(b"".join([*self._replies, b"221 bye\r\n"]))
            raise Gone
        else:
            self._replies.append(b"250 ok\r\n")
        return True

    def _body(self) -> bool:
        end = self._buffer.find(END, self._searched)
        if end < 0:
            self._searched = max(len(self._buffer) - len(END) + 1, self._at)
            return False
        self._sink.keep(self._recipient, self._buffer[self._at : self._at + LONGEST_LINE])
        self._in_body, self._at = False, end + len(END)
        if self._sink.delay:
            self.held = True
            self._sink.answer_later(self)
        else:
            self._replies.append(b"250 kept\r\n")
        return True


class Sink:
    def __init__(self, port: int, log: str | None, delay: float, pipelining: bool) -> None:
        self.delay = delay
        self.greeting = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if not pipelining:
            self.greeting = b"250-sink\r\n250 8BITMIME\r\n"
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if log else None
        self._later: list[tuple[float, int, Client]] = []
        self._count = 0
        self._listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, None)

    def keep(self, recipient: bytes, head: bytes | bytearray) -> None:
        """Write a message down; `head` holds its first 4 kB."""
        self._count += 1
        if self._log is None:
            return
        found, address = MESSAGE_ID.search(head), RECIPIENT.search(recipient)
        name = found[1] if found else b"-"
        number = b"".join(re.findall(rb"\d+", address[1])) if address else b""
        domain = address[2] if address else b"-"
        os.write(self._log, b"%.6f %b %b/%b\n" % (time(), name, domain, number))

    def answer_later(self, client: Client) -> None:
        heappush(self._later, (monotonic() + self.delay, self._count, client))

    def run(self) -> None:
        while True:
            wait = max(self._later[0][0] - monotonic(), 0) if self._later else None
            for key, _ in self._selector.select(wait):
                if key.data is None:
                    self._accept()
                else:
                    self._deal(key.data, key.data.receive)
            while self._later and self._later[0][0] <= monotonic():
                _, _, client = heappop(self._later)
                self._deal(client, partial(self._release, client))

    def _release(self, client: Client) -> None:
        client.say(b"250 kept\r\n")
        client.held = False
        client.go_on()

    def _deal(self, client: Client, step: Callable[[], None]) -> None:
        if client.sock.fileno() < 0:
            return
        try:
            step()
        except Gone:
            self._selector.unregister(client.sock)
            client.sock.close()

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:
            return  # it was gone before we came to it
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = Client(sock, self)
        self._selector.register(sock, selectors.EVENT_READ, client)
        self._deal(client, partial(client.say, b"220 sink\r\n"))


def main() -> None:
    parser = ArgumentParser(prog="tests.support.fast_sink", description=__doc__.partition("\n")[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--log", help="append a line for each message here")
    parser.add_argument("--delay", type=float, default=0, help="seconds before each message is answered")
    parser.add_argument("--no-pipelining", action="store_true", help="do not offer PIPELINING")
    options = parser.parse_args()
    sink = Sink(options.port, options.log, options.delay, not options.no_pipelining)
    print("listening", flush=True)
    sink.run()


if __name__ == "__main__":
    main()
