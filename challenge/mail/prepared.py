"""A compiled mail as encoded bytes with gaps: quoted-printable once, then filled for each runner.

A slot's value begins and ends a line of its own, between soft line breaks (RFC 2045, 6.7), so that the text
around it does not change. No line begins with a dot, so SMTP has none to double (RFC 5321, 4.5.2), and none
is longer than 76 octets.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape

from challenge.curriculum.slots import NAMES, Compiled, Parts, Section, Slot, chosen, parse, wrap, written

WIDTH = 73  # of 76, so that "=" still fits
SOFT_BREAK = b"=\r\n"
# These differ in each mail and occur several times in it; many mails share the other values.
OWN_LINKS = frozenset(name for name in NAMES if name.endswith("_url")) - {"site_url"}
# These are the same in all mails of a program, so they are encoded with the text around them.
SHARED = frozenset({"site_url", "coach_name", "postal_address", "program_title", "length"})
# In plain text these are wrapped as a whole, because they may be long.
WRAPPED = ("greeting", "coach_note", "answer")
MOST_LAYOUTS = 64
_OCTETS = [bytes([octet]) if 32 <= octet < 127 or octet == 9 else b"=%02X" % octet for octet in range(256)]
_OCTETS[ord("=")] = b"=3D"

# Encoded bytes, then for each slot: its name, whether it is in HTML, and the bytes after it.
Layout = tuple[bytes, tuple[tuple[str, bool, bytes], ...]]


class PreparedMail:
    """The body of a mail, multipart/alternative, as bytes with gaps."""

    def __init__(self, compiled: Compiled) -> None:
        self._subject = parse(compiled.subject)
        self._parts = (parse(_ended(compiled.text)), parse(_ended(compiled.html)))
        self._sections = sorted(set().union(*map(_section_names, self._parts)))
        self._shared = sorted(SHARED & set().union(*map(_slot_names, self._parts)))
        # Quoted-printable never holds "=_", so no content can look like the boundary.
        self._boundary = b"=_" + hashlib.sha256(compiled.digest.encode()).hexdigest()[:32].encode()
        self._layouts: dict[tuple[object, ...], Layout] = {}

    def subject(self, values: Mapping[str, str]) -> str:
        """Return the subject line. Raises KeyError for a slot without a value."""
        parts = chosen(self._subject, values)
        return "".join([values[part.name] if isinstance(part, Slot) else part for part in parts])

    def body(self, values: Mapping[str, str]) -> list[bytes]:
        """Return all from the MIME headers on, with CRLF, in pieces. Raises KeyError for a missing value."""
        sections = [bool(values[name]) for name in self._sections]
        key = (*sections, *[values[name] for name in self._shared])
        layout = self._layouts.get(key)
        if layout is None:
            for oldest in list(self._layouts)[: len(self._layouts) - MOST_LAYOUTS + 1]:
                self._layouts.pop(oldest, None)
            layout = self._layouts[key] = self._lay(dict(zip(self._sections, sections, strict=True)), values)
        first, rest = layout
        pieces = [first]
        known: dict[str, bytes] = {}
        for name, in_html, after in rest:
            text = values[name]
            if name in OWN_LINKS:
                text = escape(text) if in_html else text
                if (value := known.get(text)) is None:
                    value = known[text] = quoted(text)
            else:
                value = _words(name, text, in_html)
            pieces += (value, after)
        return pieces

    def _lay(self, kept: Mapping[str, bool], values: Mapping[str, str]) -> Layout:
        """Build the layout for one choice of sections and the shared values."""
        flags = {name: "yes" if is_kept else "" for name, is_kept in kept.items()}
        words: list[bytes] = [b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="']
        words[0] += self._boundary + b'"\r\n\r\n'
        slots: list[tuple[str, bool]] = []
        for in_html, parts in zip((False, True), self._parts, strict=True):
            words[-1] += b"--" + self._boundary + b"\r\nContent-Type: text/"
            words[-1] += b"html" if in_html else b"plain"
            words[-1] += b'; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
            safe = escape if in_html else str
            run = ""
            for part in (*chosen(parts, flags), None):
                if isinstance(part, str):
                    run += part
                elif part is not None and part.name in SHARED:
                    run += safe(values[part.name])
                else:
                    words[-1] += quoted(run)
                    run = ""
                    if part is not None:
                        words[-1] += SOFT_BREAK if not words[-1].endswith(b"\r\n") else b""
                        slots.append((part.name, in_html))
                        words.append(SOFT_BREAK)
            words[-1] += b"\r\n"
        words[-1] += b"--" + self._boundary + b"--\r\n"
        return words[0], tuple((*slot, after) for slot, after in zip(slots, words[1:], strict=True))


@lru_cache(maxsize=256)
def prepare(compiled: Compiled) -> PreparedMail:
    return PreparedMail(compiled)


def quoted(text: str) -> bytes:
    """Encode text as quoted-printable: UTF-8, CRLF, no line over 76 octets or with a dot in front."""
    if text.isascii() and text.isprintable() and "=" not in text and text[-1:] != " ":
        whole = text.encode()
        if len(whole) > WIDTH:
            whole = SOFT_BREAK.join([whole[at : at + WIDTH] for at in range(0, len(whole), WIDTH)])
        if whole[:1] != b"." and b"\n." not in whole:
            return whole
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode().split(b"\n")
    return b"\r\n".join(SOFT_BREAK.join(_broken(line)) for line in lines)


def _broken(line: bytes) -> Iterable[bytes]:
    """Split one line into pieces of at most WIDTH octets."""
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


@lru_cache(maxsize=2048)
def _words(name: str, value: str, in_html: bool) -> bytes:
    is_wrapped = name in WRAPPED and not in_html
    return quoted(written(name, wrap(value) if is_wrapped else value, html=in_html))


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _slot_names(parts: Parts) -> set[str]:
    found = {part.name for part in parts if isinstance(part, Slot)}
    return found.union(*(_slot_names(part.parts) for part in parts if isinstance(part, Section)))


def _section_names(parts: Parts) -> set[str]:
    found = {part.name for part in parts if isinstance(part, Section)}
    return found.union(*(_section_names(part.parts) for part in parts if isinstance(part, Section)))
