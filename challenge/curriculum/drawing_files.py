"""The drawings as files, each named by a hash of its content. PNGs are cached, because rendering is slow."""

import os
import re
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from django.conf import settings

from challenge.drawings.catalogue import DRAWINGS, THEMES, content_hash, names, to_png, to_svg

KINDS = ("svg", "png")
FILE_NAME = re.compile(rf"([a-z0-9-]{{1,60}})\.({'|'.join(THEMES)})\.([0-9a-f]{{8}})\.({'|'.join(KINDS)})")


# These drawings showed an unsafe position: mails that are out show the present drawing in their place.
WITHDRAWN = frozenset(
    {
        "ball-release-1.light.34dd2752",
        "ball-release-1.dark.c78b2201",
        "ball-release-2.light.5d93e73d",
        "ball-release-2.dark.6e296d14",
    }
)


class DrawingFile(NamedTuple):
    """A file's content; `is_exact` is false when it is a newer drawing than the name says."""

    content: bytes
    kind: str
    is_exact: bool


def folder() -> Path:
    return Path(settings.VAR_DIR) / "figures"


def file_name(name: str, theme: str = "light", kind: str = "svg") -> str:
    """Return the name of a drawing's file. Raises KeyError for a drawing that does not exist."""
    if kind not in KINDS:
        raise KeyError(kind)
    return f"{name}.{theme}.{content_hash(name, theme)}.{kind}"


def read(file: str) -> bytes | None:
    found = find(file)
    return found.content if found else None


def find(file: str) -> DrawingFile | None:
    """Return the drawing, old or new, for a file name that a mail may hold; None for any other name."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None or parts[1] not in DRAWINGS:
        return None
    name, theme, _, kind = parts.groups()
    current = file_name(name, theme, kind)
    if file == current:
        return DrawingFile(_current(name, theme, kind), kind, is_exact=True)
    old = None if file.removesuffix(f".{kind}") in WITHDRAWN else _read_kept(file)
    if old is not None:
        return DrawingFile(old, kind, is_exact=True)
    return DrawingFile(_current(name, theme, kind), kind, is_exact=False)


def draw_all(target: Path) -> list[str]:
    """Write every drawing as a file of each kind and theme, and return the names of the files."""
    files = []
    for name in names():
        for theme in THEMES:
            for kind in KINDS:
                files.append(file_name(name, theme, kind))
                _write(target / files[-1], _render(name, theme, kind))
    return files


def _current(name: str, theme: str, kind: str) -> bytes:
    if kind == "svg":
        return _render(name, theme, kind)
    file = file_name(name, theme, kind)
    content = _read_kept(file)
    if content is None:
        content = _render(name, theme, kind)
        with suppress(OSError):  # without the folder, the next request renders the drawing again
            _write(folder() / file, content)
    return content


def _render(name: str, theme: str, kind: str) -> bytes:
    return to_png(name, theme) if kind == "png" else to_svg(name, theme).encode()


def _read_kept(file: str) -> bytes | None:
    try:
        return (folder() / file).read_bytes()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, so that nobody reads half a drawing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".draft-", delete=False) as draft:
        draft.write(content)
    try:
        os.chmod(draft.name, 0o644)
        os.replace(draft.name, path)
    except OSError:
        Path(draft.name).unlink(missing_ok=True)
        raise
