"""The gallery's own pages, and the drawings on them."""

from pathlib import Path
from typing import Any

from django.template import Context, Engine

from challenge import drawings
from challenge.curriculum import drawing_files
from tests.gallery.cast import CAST
from tests.gallery.mails import GalleryMail

TEMPLATES = Path(__file__).parent / "templates"
THEMES = ("light", "dark")


def render(name: str, **context: Any) -> str:
    return Engine(dirs=[str(TEMPLATES)]).get_template(name).render(Context(context))


def drawn() -> list[tuple[str, str, str]]:
    """Return each drawing's name and its two files in a gallery."""
    return [
        (
            name,
            f"figures/{drawing_files.file_name(name, 'light')}",
            f"figures/{drawing_files.file_name(name, 'dark')}",
        )
        for name in drawings.names()
    ]


def write_drawings(folder: Path) -> int:
    (folder / "figures").mkdir(exist_ok=True)
    for name in drawings.names():
        for file in (
            drawing_files.file_name(name, theme, kind) for theme in THEMES for kind in ("svg", "png")
        ):
            content = drawing_files.read(file)
            assert content
            (folder / "figures" / file).write_bytes(content)
    return len(drawings.names())


def write_index(folder: Path, mails: list[GalleryMail], views: list[str], sheets: list[Path]) -> None:
    groups = [
        (f"Lessons: {someone.what}", [_row(mail) for mail in mails if mail.state == someone.state])
        for someone in CAST
    ]
    groups.append(("Between the lessons", [_row(mail) for mail in mails if not mail.state]))
    context = {"groups": groups, "views": views, "sheets": [sheet.name for sheet in sheets], "drawn": drawn()}
    (folder / "index.html").write_text(render("index.html", **context))


def _row(mail: GalleryMail) -> dict[str, Any]:
    kilobytes = f"{len(mail.html.encode()) / 1000:.1f}"
    return {"name": mail.name, "subject": mail.subject, "kilobytes": kilobytes}
