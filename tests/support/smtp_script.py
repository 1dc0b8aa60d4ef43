"""Replies that a script of the SMTP server (smtp_server.py) may ask for, and scripts that many tests use."""

from collections.abc import Callable

from tests.support.smtp_session import Client

Act = Callable[[Client], None]
# A str is one line, bytes are sent as they are, None means the usual.
Reply = Act | str | bytes | None
Script = Callable[[str, str], Reply]


def drip(octets: bytes, gap: float) -> Act:
    """Say one byte at a time, `gap` seconds apart."""

    def act(client: Client) -> None:
        for place in range(len(octets)):
            client.send(octets[place : place + 1])
            client.wait(gap)

    return act


def endless(line: bytes) -> Act:
    """Say the same bytes again and again, as fast as they are read."""

    def act(client: Client) -> None:
        while True:
            client.send(line)

    return act


def after(seconds: float, reply: Reply) -> Act:
    def act(client: Client) -> None:
        client.wait(seconds)
        client.reply(reply)

    return act


def drop(before: bytes = b"", *, reset: bool = True) -> Act:
    """Hang up, in the middle of a reply where `before` is one: with RST, or politely with FIN."""

    def act(client: Client) -> None:
        client.send(before)
        client.hang_up(reset=reset)

    return act


def silence(client: Client) -> None:
    """Say and read nothing until the client hangs up."""
    client.wait_until_left()


def accept(phase: str, recipient: str) -> Reply:
    return None


def always(phase: str, reply: Reply, recipient: str = "") -> Script:
    """Reply so each time in one phase, to one recipient or to all."""
    return lambda asked, to: reply if asked == phase and recipient in ("", to) else None


class Once:
    """Reply so in one phase, once to each recipient, or `only_first` of all. `asked` holds who it was."""

    def __init__(self, phase: str, reply: Reply, *, only_first: bool = False) -> None:
        self._phase, self._reply, self._only_first = phase, reply, only_first
        self.asked: list[str] = []

    def __call__(self, phase: str, recipient: str) -> Reply:
        if phase != self._phase or recipient in self.asked or (self._only_first and self.asked):
            return None
        self.asked.append(recipient)
        return self._reply
