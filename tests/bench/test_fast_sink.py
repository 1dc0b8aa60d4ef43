"""fast_sink.py writes each message down once, before it answers, however the commands are cut up."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from tests.support import ROOT, free_port

pytestmark = [pytest.mark.pure, pytest.mark.processes]

ENVELOPE = b"MAIL FROM:<coach@localhost>\r\nRCPT TO:<runner-%d@example.com>\r\nDATA\r\n"
TAKEN = b"250 ok\r\n250 ok\r\n354 go on\r\n"


def message(number: int, words: bytes = b"words") -> bytes:
    return b"Subject: x\r\nMessage-ID: <%d@localhost>\r\n\r\n%b\r\n.\r\n" % (number, words)


class Client:
    """One connection, past the greeting."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.hear(b"220 sink\r\n")
        self.say(b"EHLO test\r\n")
        self.capabilities = self.sock.recv(1000)

    def say(self, octets: bytes) -> None:
        self.sock.sendall(octets)

    def hear(self, expected: bytes) -> None:
        heard = b""
        while len(heard) < len(expected):
            piece = self.sock.recv(len(expected) - len(heard))
            assert piece, f"it hung up after {heard!r}"
            heard += piece
        assert heard == expected


Start = Callable[..., tuple[int, Path]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a sink: start("--delay", "0.1") gives its port and its log."""
    processes = []

    def begin(*options: str) -> tuple[int, Path]:
        port, log = free_port(), tmp_path / "log"
        command = [sys.executable, "-m", "tests.support.fast_sink", str(port), "--log", str(log), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "listening\n"
        return port, log

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


@contextmanager
def connected(port: int) -> Iterator[Client]:
    client = Client(port)
    with client.sock:
        yield client


def kept(log: Path) -> list[str]:
    """The lines of the log, without their times."""
    return [line.partition(" ")[2] for line in log.read_text().splitlines()]


def test_a_body_and_the_next_message_may_come_in_one_segment(start: Start) -> None:
    port, log = start()
    with connected(port) as client:
        assert b"PIPELINING" in client.capabilities
        client.say(ENVELOPE % 1)
        client.hear(TAKEN)
        client.say(message(1) + ENVELOPE % 2)
        client.hear(b"250 kept\r\n" + TAKEN)
        assert kept(log) == ["<1@localhost> example.com/1"]
        client.say(message(2, b"long words " * 9000) + b"NOOP\r\nQUIT\r\n")
        client.hear(b"250 kept\r\n250 ok\r\n221 bye\r\n")
    assert kept(log) == ["<1@localhost> example.com/1", "<2@localhost> example.com/2"]


def test_a_message_may_come_byte_by_byte(start: Start) -> None:
    port, log = start()
    with connected(port) as client:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in ENVELOPE % 7 + b".\r\n" + ENVELOPE % 8 + b"..dots\r\n.. \r\n\r\n.\r\n":
            client.say(bytes([octet]))
        client.hear(TAKEN + b"250 kept\r\n" + TAKEN + b"250 kept\r\n")
    assert kept(log) == ["- example.com/7", "- example.com/8"]


def test_answers_that_are_delayed_hold_up_nobody_else(start: Start) -> None:
    port, log = start("--delay", "0.5", "--no-pipelining")
    with connected(port) as first, connected(port) as second:
        assert b"PIPELINING" not in first.capabilities
        began = monotonic()
        for number, client in enumerate((first, second)):
            client.say(ENVELOPE % number + message(number) + b"NOOP\r\n")
        for client in (first, second):
            client.hear(TAKEN)
        assert monotonic() - began < 0.5
        for client in (first, second):
            client.hear(b"250 kept\r\n250 ok\r\n")
        assert 0.5 <= monotonic() - began < 0.95
    assert sorted(kept(log)) == ["<0@localhost> example.com/0", "<1@localhost> example.com/1"]


def test_a_message_that_breaks_off_is_not_kept(start: Start) -> None:
    port, log = start()
    with connected(port) as client:
        client.say(ENVELOPE % 1)
        client.hear(TAKEN)
        client.say(message(1)[:-3])
    with connected(port) as client:
        client.say(ENVELOPE % 2 + message(2))
        client.hear(TAKEN + b"250 kept\r\n")
    assert kept(log) == ["<2@localhost> example.com/2"]
