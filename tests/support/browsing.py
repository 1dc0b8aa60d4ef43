"""Fixtures: the system's Chromium, its tabs, and the site that they visit."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not executable:
        leave_out = pytest.fail if os.environ.get("NOTHING_LEFT_OUT") == "1" else pytest.skip
        leave_out("Chromium is not installed")
    quiet = ("background-networking", "component-update", "sync")
    arguments = ["--no-sandbox", "--disable-gpu", *(f"--disable-{name}" for name in quiet)]
    arguments.append("--renderer-process-limit=1")  # a new one takes as long as a short test
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's event loop runs in this thread; Django would take our own queries for its.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a tab of a browser of its own: open_page(width=320, timezone_id="Pacific/Auckland"). When
    the test ends, no tab may have logged an error, broken its policy or asked another host."""
    from tests.support.visitor import Watch

    watches = []

    def make(width: int = 390, height: int = 844, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        watches.append(Watch(context))
        return context.new_page()

    yield make
    trouble = [line for watch in watches for line in watch.trouble()]
    for watch in watches:
        watch.context.close()
    assert not trouble


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The site, served; its mails link to it."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)
