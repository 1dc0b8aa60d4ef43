"""Write every mail of a runner into a folder; `bin/gallery` runs this.

python -m tests.gallery [FOLDER] [--docs]
"""

import argparse
import shutil
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.gallery.build import ROOT, SITE, contents, prepare

say = partial(print, flush=True)


def main() -> None:
    options = read_options()
    begun = time.monotonic()
    with TemporaryDirectory(prefix="gallery-") as place:
        prepare(Path(place))
        write(options.folder)
    sheets = photograph(options.folder)
    if options.docs:
        for sheet in sheets:
            shutil.copy(sheet, ROOT / "docs")
    files = [path for path in options.folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    seconds = time.monotonic() - begun
    say(f"{len(files)} files, {size:.0f} MB, {seconds:.0f} s: {options.folder / 'index.html'}")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bin/gallery", description="Every mail and every drawing, to look at.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "var/gallery")
    parser.add_argument("--docs", action="store_true", help="put the contact sheets into docs/ too")
    return parser.parse_args()


def write(folder: Path) -> None:
    """Write the mails as they left, their parts as files, and the drawings."""
    from tests.gallery.mails import read_mails
    from tests.gallery.output import write_drawings

    shutil.rmtree(folder / "mails", ignore_errors=True)
    (folder / "mails").mkdir(parents=True)
    for name, content in contents(with_pages=False).items():
        (folder / name).write_bytes(content)
    drawings = write_drawings(folder)
    found = read_mails(folder / "mails")
    for mail in found:
        # The file finds the drawings beside it.
        html = mail.html.replace(f"{SITE}/figures/", "../figures/")
        (folder / "mails" / f"{mail.name}.html").write_text(html)
        (folder / "mails" / f"{mail.name}.txt").write_text(mail.text)
    heaviest = max(found, key=lambda mail: len(mail.html))
    kilobytes = len(heaviest.html.encode()) / 1000
    say(f"{len(found)} mails, the heaviest HTML {kilobytes:.1f} kB ({heaviest.name}); {drawings} drawings")


def photograph(folder: Path) -> list[Path]:
    """Write screenshots of every mail in every view, and the contact sheets, if Chromium is installed."""
    from tests.gallery.camera import VIEWS, Camera, browser, chromium
    from tests.gallery.mails import read_mails
    from tests.gallery.output import write_index
    from tests.gallery.sheets import write_sheets

    found = read_mails(folder / "mails")
    executable = chromium()
    if executable is None:
        say("Chromium is not installed, so there are no pictures. On Debian and Ubuntu: apt install chromium")
        write_index(folder, found, [], [])
        return []
    with browser(executable) as opened:
        for view in VIEWS:
            begun, camera = time.monotonic(), Camera(opened, view)
            for mail in found:
                (folder / "mails" / f"{mail.name}.{view}.png").write_bytes(camera.shoot(mail.html))
            say(f"{view}: {len(found)} pictures, {time.monotonic() - begun:.0f} s")
        sheets = write_sheets(opened, folder)
    write_index(folder, found, list(VIEWS), sheets)
    say("; ".join(f"{sheet.name} {sheet.stat().st_size / 1000:.0f} kB" for sheet in sheets))
    return sheets


if __name__ == "__main__":
    main()
