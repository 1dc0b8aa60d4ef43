"""Screenshots of mails in four views, taken by Chromium."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from challenge.curriculum import drawing_files

# CSS pixels. With pictures off a reader sees what stands in for them.
VIEWS: dict[str, dict[str, Any]] = {
    "phone-light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "desktop": {"viewport": {"width": 800, "height": 900}, "color_scheme": "light"},
    "images-off": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@contextmanager
def browser(executable: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        yield opened
        opened.close()


class Camera:
    def __init__(self, browser: Any, view: str) -> None:
        self._page = browser.new_page(reduced_motion="reduce", java_script_enabled=False, **VIEWS[view])
        self._page.route("**/*", _without_pictures if view == "images-off" else _with_pictures)

    def shoot(self, html: str) -> bytes:
        """Return the whole length of a mail as PNG."""
        self._page.set_content(html)
        return bytes(self._page.screenshot(full_page=True))


def _with_pictures(route: Any) -> None:
    name = urlsplit(route.request.url).path.rpartition("/")[2]
    picture = drawing_files.read(name)
    if picture is None:
        route.abort()
    else:
        route.fulfill(body=picture, content_type="image/png" if name.endswith(".png") else "image/svg+xml")


def _without_pictures(route: Any) -> None:
    route.abort()
