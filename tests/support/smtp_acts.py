"""What a script of the faulty mail server may ask for, in place of the usual reply."""

from tests.support.faulty_session import Act, Client, Script


def say(reply: bytes | str) -> Act:
    """These bytes; a str is one line."""
    said = reply if isinstance(reply, bytes) else reply.encode() + b"\r\n"
    return lambda client: client.send(said)


def drip(reply: bytes, gap: float) -> Act:
    """One byte at a time, so many seconds apart."""

    def act(client: Client) -> None:
        for place in range(len(reply)):
            client.send(reply[place : place + 1])
            client.wait(gap)

    return act


def endless(line: bytes) -> Act:
    """The same bytes again and again, as fast as they are read."""

    def act(client: Client) -> None:
        while True:
            client.send(line)

    return act


def after(seconds: float, rest: Act) -> Act:
    """Wait, then do the rest."""

    def act(client: Client) -> None:
        client.wait(seconds)
        rest(client)

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


def always(phase: str, act: Act, recipient: str | None = None) -> Script:
    """The same act each time, in one phase, to one recipient or to all."""
    return lambda asked, to: act if asked == phase and recipient in (None, to) else None
