"""The contact sheets: many small pictures on one page, as a JPEG that a README can show."""

from pathlib import Path
from typing import Any, NamedTuple

from tests.gallery.camera import VIEWS
from tests.gallery.cast import CAST, OTHER_MAILS
from tests.gallery.output import drawn, render

MOST_BYTES = 1_500_000
QUALITIES = (85, 75, 65, 50, 35)
WEEKS = {"Days 1 to 7": 0, "Days 8 to 14": 7, "Days 15 to 21": 14}
SAMPLES = ("day-01", "day-09", "day-21")
# The visible heights of mails, in widths of a phone.
LONG, MIDDLE, SHORT = 5.6, 3.2, 1.9


class Row(NamedTuple):
    """Mails side by side: captions with the files of pictures, each cut off at a height."""

    title: str
    pictures: list[tuple[str, str]]
    height: float

    @property
    def columns(self) -> int:
        return len(self.pictures)


def rows() -> list[Row]:
    """Return all days in one state, a few days in the other states and views, and the other mails."""
    days = [f"day-{day:02}" for day in range(1, 22)]
    others = [someone.state for someone in CAST if someone.state != "mid"]
    views = [view for view in VIEWS if view != "phone-light"]
    return [
        *(Row(title, [_of(f"{day}-mid") for day in days[n : n + 7]], LONG) for title, n in WEEKS.items()),
        Row("Other runners", [_of(f"{day}-{state}") for state in others for day in SAMPLES], SHORT),
        Row("Other readers", [_of(f"{day}-mid", view) for view in views for day in SAMPLES], LONG),
        Row("Between the lessons", [_of(name) for name in OTHER_MAILS.values()], MIDDLE),
    ]


def _of(name: str, view: str = "phone-light") -> tuple[str, str]:
    caption = name.removesuffix("-mid") + (f", {view}" if view != "phone-light" else "")
    return caption.replace("-", " "), f"mails/{name}.{view}.png"


def write_sheets(browser: Any, folder: Path) -> list[Path]:
    """Write both contact sheets of a folder that has its screenshots."""
    return [
        _shoot(browser, folder, "contact-sheet-mails", render("contact_sheet_mails.html", rows=rows())),
        _shoot(browser, folder, "contact-sheet-figures", render("contact_sheet_figures.html", drawn=drawn())),
    ]


def _shoot(browser: Any, folder: Path, name: str, html: str) -> Path:
    source, sheet = folder / f"{name}.html", folder / f"{name}.jpg"
    source.write_text(html)
    page = browser.new_page(viewport={"width": 1480, "height": 900})
    page.goto(source.resolve().as_uri())
    for quality in QUALITIES:
        page.screenshot(path=sheet, full_page=True, type="jpeg", quality=quality)
        if sheet.stat().st_size <= MOST_BYTES:
            break
    page.close()
    return sheet
