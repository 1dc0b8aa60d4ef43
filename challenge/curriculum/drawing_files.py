"""The drawings as files, each named by its content; painting a PNG takes long, so PNGs are kept."""

import os
import re
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from django.conf import settings

from challenge.drawings.catalogue import DRAWINGS, THEMES, drawn, mark, names, painted

KINDS = ("svg", "png")
FILE_NAME = re.compile(rf"([a-z0-9-]{{1,60}})\.({'|'.join(THEMES)})\.([0-9a-f]{{8}})\.({'|'.join(KINDS)})")


class Picture(NamedTuple):
    """The bytes of a file; not exact when the file of that very name is gone and this is today's drawing."""

    content: bytes
    kind: str
    is_exact: bool


def folder() -> Path:
    return Path(settings.VAR_DIR) / "figures"


def file_name(name: str, theme: str = "light", kind: str = "svg") -> str:
    """KeyError for what there is no drawing of."""
    if kind not in KINDS:
        raise KeyError(kind)
    return f"{name}.{theme}.{mark(name, theme)}.{kind}"


def read(file: str) -> bytes | None:
    picture = find(file)
    return picture.content if picture else None


def find(file: str) -> Picture | None:
    """None for what was never a picture's file name. An old mail's picture is there for ever, old or new."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None or parts[1] not in DRAWINGS:
        return None
    name, theme, _, kind = parts.groups()
    current = file_name(name, theme, kind)
    if file == current:
        return Picture(_current(name, theme, kind), kind, is_exact=True)
    old = _kept(file)
    if old is not None:
        return Picture(old, kind, is_exact=True)
    return Picture(_current(name, theme, kind), kind, is_exact=False)


def draw_all(place: Path) -> list[str]:
    """Every drawing as a file of each kind and theme; their names."""
    files = []
    for name in names():
        for theme in THEMES:
            for kind in KINDS:
                files.append(file_name(name, theme, kind))
                _keep(place / files[-1], _make(name, theme, kind))
    return files


def _current(name: str, theme: str, kind: str) -> bytes:
    if kind == "svg":
        return _make(name, theme, kind)
    file = file_name(name, theme, kind)
    content = _kept(file)
    if content is None:
        content = _make(name, theme, kind)
        with suppress(OSError):  # a folder that cannot be written costs time, never the picture
            _keep(folder() / file, content)
    return content


def _make(name: str, theme: str, kind: str) -> bytes:
    return painted(name, theme) if kind == "png" else drawn(name, theme).encode()


def _kept(file: str) -> bytes | None:
    try:
        return (folder() / file).read_bytes()
    except OSError:
        return None


def _keep(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never finds half a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".draft-", delete=False) as draft:
        draft.write(content)
    try:
        os.chmod(draft.name, 0o644)
        os.replace(draft.name, path)
    except OSError:
        Path(draft.name).unlink(missing_ok=True)
        raise
