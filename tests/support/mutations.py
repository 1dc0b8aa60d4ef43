"""Bytes gone wrong, the same each time: what wires, servers and attackers make of a mail or a webhook."""

import random
from collections.abc import Callable, Sequence

TOKENS = [
    b"\0", b"\r", b"\n\n", b"\r\n\r\n", b"--", b"\xff\xfe", b"\x1b$B", b"\xf0\x9f\x8f\x83", b"%s%n",
    b'"', b"<", b">", b";", b"=?utf-8?B?//8=?=", b"=?x?q?=", b" boundary=", b"; boundary*0*=utf-8''%",
    b"name*99999999999=", b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/report\r\n",
    b"Content-Type: message/delivery-status\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n", b"charset=x",
    b"Final-Recipient: rfc822; bob@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n", b"5.1.1",
    b"4.0.0", b"Action: failed\r\n", b"Feedback-Type: abuse\r\n", b"Auto-Submitted: auto-replied\r\n",
    b"((((((((((((", b"null", b"true", b"1e999", b"-1", b"[[[[", b"{}", b"\\ud800", b"bob@example.com",
    b"' OR 1=1 --", b"\xe2\x80\xae", b"9" * 400,
]  # fmt: skip

Change = Callable[[bytes, int, random.Random], bytes]


def mutate(raw: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A mail or body with one to four things gone wrong; `others` are what may be mixed up with it."""
    for _ in range(chance.choice([1, 1, 2, 3, 4])):
        place = chance.randrange(len(raw) + 1)
        if chance.random() < 0.1:
            other = chance.choice(others)
            raw = raw[:place] + other[chance.randrange(len(other) + 1) :]
        else:
            raw = chance.choice(CHANGES)(raw, place, chance)
    return raw


def cut(raw: bytes, place: int, chance: random.Random) -> bytes:
    return raw[:place]


def leave_out(raw: bytes, place: int, chance: random.Random) -> bytes:
    return raw[:place] + raw[place + chance.randrange(1, 80) :]


def repeat(raw: bytes, place: int, chance: random.Random) -> bytes:
    return raw[:place] + raw[max(0, place - chance.randrange(1, 2000)) :]


def put_in(raw: bytes, place: int, chance: random.Random) -> bytes:
    return raw[:place] + chance.choice(TOKENS) + raw[place:]


def put_in_noise(raw: bytes, place: int, chance: random.Random) -> bytes:
    return raw[:place] + chance.randbytes(chance.randrange(1, 9)) + raw[place:]


def change_case(raw: bytes, place: int, chance: random.Random) -> bytes:
    return raw[:place].swapcase() + raw[place:]


def move_a_line(raw: bytes, place: int, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    moved = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randrange(len(lines) + 1), moved)
    return b"\n".join(lines)


def shuffle(raw: bytes, place: int, chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def flip_bits(raw: bytes, place: int, chance: random.Random) -> bytes:
    flipped = bytearray(raw)
    for _ in range(chance.randrange(1, 6) if flipped else 0):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


CHANGES: list[Change] = [
    cut, leave_out, repeat, put_in, put_in, put_in_noise, change_case, move_a_line, shuffle, flip_bits,
]  # fmt: skip
