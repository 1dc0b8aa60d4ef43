"""Reduce a PNG to a palette of at most 256 colours (PNG specification, third edition). The renderer writes
four bytes a pixel; a palette reduces a drawing to a third of the bytes."""

import struct
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
# Rare shades lie on edges, where a difference of two steps out of 256 is invisible.
COARSE = 0xF8F8F8F8
SUB, UP, AVERAGE, PAETH = 1, 2, 3, 4


def reduce_colours(png: bytes) -> bytes:
    """Return the same drawing with a palette. Takes 8-bit RGBA without interlacing, as resvg writes it."""
    width, height, pixels = _pixels(png)
    palette, indexes = _palette_of(pixels)
    rows = (indexes[start : start + width] for start in range(0, len(indexes), width))
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(_bytes(colour)[:3] for colour in palette)),
            _chunk(b"tRNS", b"".join(_bytes(colour)[3:] for colour in palette)),
            _chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    start = len(SIGNATURE)
    while start < len(png):
        (length,) = struct.unpack_from(">I", png, start)
        yield png[start + 4 : start + 8], png[start + 8 : start + 8 + length]
        start += length + 12


def _pixels(png: bytes) -> tuple[int, int, "array[int]"]:
    """Return width, height and every pixel's four bytes as one number."""
    chunks = list(_chunks(png))
    width, height = struct.unpack_from(">II", dict(chunks)[b"IHDR"])
    stream = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
    pixels = array("I")
    above = array("I", bytes(4 * width))
    for start in range(0, len(stream), 4 * width + 1):
        row = array("I", stream[start + 1 : start + 1 + 4 * width])
        above = _restore(stream[start], row, above)
        pixels += above
    return width, height, pixels


def _restore(kind: int, row: "array[int]", above: "array[int]") -> "array[int]":
    """Undo a filter: add its prediction to each pixel, if possible to a whole pixel at a time."""
    if kind == UP:
        return array("I", _sum(row.tobytes(), above.tobytes()))
    left = corner = 0
    for index, change in enumerate(row):
        up = above[index]
        if kind == SUB or (kind == PAETH and up == corner) or (kind == AVERAGE and left == up):
            predicted = left
        elif kind == PAETH:
            predicted = up if left == corner else _each(left, up, corner, _paeth)
        else:
            predicted = _each(left, up, 0, _average) if kind == AVERAGE else 0
        left = row[index] = _added(predicted, change) if change else predicted
        corner = up
    return row


def _sum(one: bytes, other: bytes) -> bytes:
    """Add two rows byte by byte, without carry, all bytes at once."""
    a, b = int.from_bytes(one, "big"), int.from_bytes(other, "big")
    low = int.from_bytes(b"\x7f" * len(one), "big")
    return (((a & low) + (b & low)) ^ ((a ^ b) & ~low)).to_bytes(len(one), "big")


def _added(one: int, other: int) -> int:
    return ((one & 0x7F7F7F7F) + (other & 0x7F7F7F7F)) ^ ((one ^ other) & 0x80808080)


def _each(left: int, up: int, corner: int, predict: Callable[[int, int, int], int]) -> int:
    channels = zip(_bytes(left), _bytes(up), _bytes(corner), strict=True)
    (pixel,) = struct.unpack("=I", bytes(predict(a, b, c) for a, b, c in channels))
    return int(pixel)


def _average(left: int, up: int, _: int) -> int:
    return (left + up) // 2


def _paeth(left: int, up: int, corner: int) -> int:
    """Return the neighbour that is nearest to left + up - corner."""
    by_left, by_up, by_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner


def _bytes(pixel: int) -> bytes:
    return struct.pack("=I", pixel)


def _palette_of(pixels: "array[int]") -> tuple[list[int], bytes]:
    counts = Counter(pixels)
    palette = [colour for colour, _ in counts.most_common(COLOURS)]
    indexes = {colour: index for index, colour in enumerate(palette)}
    nearest: dict[int, int] = {}
    for colour in counts:
        if colour not in indexes:
            coarse = colour & COARSE
            if coarse not in nearest:
                nearest[coarse] = _nearest(_bytes(colour), palette)
            indexes[colour] = nearest[coarse]
    return palette, bytes(map(indexes.__getitem__, pixels))


def _nearest(colour: bytes, palette: list[int]) -> int:
    red, green, blue, alpha = colour

    def distance(index: int) -> int:
        r, g, b, a = _bytes(palette[index])
        return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2 + 2 * (a - alpha) ** 2

    return min(range(len(palette)), key=distance)
