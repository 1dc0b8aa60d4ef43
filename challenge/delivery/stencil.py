"""A compiled mail as ready bytes with holes: quoted-printable once, then filled for each runner.

A slot's value begins and ends a line of its own, between soft line breaks (RFC 2045, 6.7), so that
nothing around it moves. No line begins with a dot, so there is nothing to stuff on the way (RFC 5321,
4.5.2), and none is longer than 76 octets.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from itertools import groupby

from challenge.curriculum.compile import Compiled
from challenge.curriculum.plain import wrap
from challenge.curriculum.slots import NAMES, Parts, Section, Slot, chosen, fill, parse

WIDTH = 73  # of 76, so that "=" still fits
SOFT_BREAK = b"=\r\n"
# Another one in each mail; what else there is, many mails have in common.
OWN_LINKS = frozenset(name for name in NAMES if name.endswith("_url")) - {"site_url"}
# In plain text these are wrapped as a whole; they may be long.
WRAPPED = ("greeting", "coach_note")
_OCTETS = [bytes([octet]) if 32 <= octet < 127 or octet == 9 else b"=%02X" % octet for octet in range(256)]
_OCTETS[ord("=")] = b"=3D"

# Ready bytes, then slots and what follows each: a key, the slot's name, whether it is in HTML, bytes.
Layout = tuple[bytes, tuple[tuple[str, str, bool, bytes], ...]]


class Stencil:
    """The body of a mail, multipart/alternative, as bytes with holes."""

    def __init__(self, compiled: Compiled) -> None:
        self._subject = compiled.subject
        self._parts = (parse(_ended(compiled.text)), parse(_ended(compiled.html)))
        self._sections = sorted(set().union(*map(_section_names, self._parts)))
        # Quoted-printable never holds "=_", so that no content can look like the boundary.
        self._boundary = b"=_" + hashlib.sha256(compiled.digest.encode()).hexdigest()[:32].encode()
        self._layouts: dict[tuple[bool, ...], Layout] = {}

    def subject(self, values: Mapping[str, str]) -> str:
        """The subject line. Raises KeyError for a slot without a value."""
        return fill(self._subject, values)

    def body(self, values: Mapping[str, str]) -> bytes:
        """From the MIME headers on, CRLF line ends. Raises KeyError for a slot without a value."""
        kept = tuple(bool(values[name]) for name in self._sections)
        layout = self._layouts.get(kept)
        if layout is None:
            layout = self._layouts[kept] = self._lay(dict(zip(self._sections, kept, strict=True)))
        first, rest = layout
        pieces = [first]
        known: dict[str, bytes] = {}
        for slot, name, in_html, after in rest:
            if (value := known.get(slot)) is None:
                value = known[slot] = _value(name, values[name], in_html)
            pieces += (value, after)
        return b"".join(pieces)

    def _lay(self, kept: Mapping[str, bool]) -> Layout:
        """The layout for one choice of sections."""
        flags = {name: "yes" if is_kept else "" for name, is_kept in kept.items()}
        kinds = (b"plain", b"html")
        words: list[bytes] = [b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="']
        words[0] += self._boundary + b'"\r\n\r\n'
        slots: list[tuple[str, bool]] = []
        for kind, parts in zip(kinds, self._parts, strict=True):
            words[-1] += b"--" + self._boundary + b"\r\nContent-Type: text/" + kind
            words[-1] += b'; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
            for is_slot, run in groupby(chosen(parts, flags), lambda part: isinstance(part, Slot)):
                if not is_slot:
                    words[-1] += quoted("".join(str(part) for part in run))
                    continue
                for slot in run:
                    assert isinstance(slot, Slot)
                    words[-1] += SOFT_BREAK if not words[-1].endswith(b"\r\n") else b""
                    slots.append((slot.name, kind == b"html"))
                    words.append(SOFT_BREAK)
            words[-1] += b"\r\n"
        words[-1] += b"--" + self._boundary + b"--\r\n"
        return words[0], tuple(
            (f"{name} {in_html}", name, in_html, after)
            for (name, in_html), after in zip(slots, words[1:], strict=True)
        )


@lru_cache(maxsize=256)
def stencil(compiled: Compiled) -> Stencil:
    """The stencil of a compiled mail, made once for each process."""
    return Stencil(compiled)


def quoted(text: str) -> bytes:
    """Text in quoted-printable: UTF-8, CRLF line ends, no line over 76 octets or with a dot in front."""
    if text.isascii() and text.isprintable() and "=" not in text and text[-1:] != " ":
        whole = text.encode()
        if len(whole) > WIDTH:
            whole = SOFT_BREAK.join([whole[at : at + WIDTH] for at in range(0, len(whole), WIDTH)])
        if whole[:1] != b"." and b"\n." not in whole:
            return whole
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode().split(b"\n")
    return b"\r\n".join(SOFT_BREAK.join(_broken(line)) for line in lines)


def _broken(line: bytes) -> Iterable[bytes]:
    """One line in pieces of at most WIDTH octets."""
    octets = [_OCTETS[octet] for octet in line]
    if line.endswith((b" ", b"\t")):
        octets[-1] = b"=%02X" % line[-1]
    piece: list[bytes] = []
    width = 0
    for octet in octets:
        if width + len(octet) > WIDTH:
            yield b"".join(piece)
            piece, width = [], 0
        piece.append(b"=2E" if octet == b"." and not piece else octet)
        width += len(piece[-1])
    yield b"".join(piece)


def _value(name: str, value: str, in_html: bool) -> bytes:
    written = _words if name in OWN_LINKS else _words_again
    return written(value, in_html, name in WRAPPED)


def _words(value: str, in_html: bool, is_wrapped: bool) -> bytes:
    if in_html:
        return quoted(escape(value))
    return quoted(wrap(value) if is_wrapped else value)


_words_again = lru_cache(maxsize=2048)(_words)


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _section_names(parts: Parts) -> set[str]:
    found = {part.name for part in parts if isinstance(part, Section)}
    return found.union(*(_section_names(part.parts) for part in parts if isinstance(part, Section)))
