"""The look of a mail: colours that can be read in the light and in the dark, in a real browser too."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from challenge.curriculum import palette
from tests.support import ROOT
from tests.support.mails import every_mail, other_mails, published

THEMES = {"light": palette.LIGHT, "dark": palette.DARK}
SHEET = ROOT / "static" / "site.css"
PHONE = {"width": 320, "height": 640}
HEX = re.compile(r"#[0-9a-f]{6}\b")


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.pure
@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read_on_its_ground(theme: str) -> None:
    colours = THEMES[theme]
    pairs = {(text, ground) for ground, texts in palette.TEXT.items() for text in texts}

    assert {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs if low(colours, *pair)} == {}
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


def low(colours: dict[str, str], text: str, ground: str) -> bool:
    return contrast(colours[text], colours[ground]) < 4.5


@pytest.mark.pure
@pytest.mark.parametrize("theme", THEMES)
def test_the_marks_of_a_control_can_be_told_from_their_ground(theme: str) -> None:
    colours = THEMES[theme]
    for mark in ("line", "accent", "warm"):
        assert contrast(colours[mark], colours["paper"]) >= 3, mark


@pytest.mark.pure
def test_mails_and_pages_share_their_colours() -> None:
    light, dark = SHEET.read_text().split("prefers-color-scheme: dark", 1)
    for sheet, colours in ((light, palette.LIGHT), (dark, palette.DARK)):
        site: dict[str, str] = {}
        for name, value in re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", sheet):
            site.setdefault(name.replace("-", "_"), value)
        assert {name: site[name] for name in colours} == colours


@pytest.mark.pure
@pytest.mark.parametrize("name", other_mails())
def test_no_colour_comes_from_elsewhere(name: str) -> None:
    html = other_mails()[name].html
    used = set(HEX.findall(html))

    assert used <= {*palette.LIGHT.values(), *palette.DARK.values()}
    for meta in ("color-scheme", "supported-color-schemes"):
        assert f'<meta name="{meta}" content="light dark">' in html


@pytest.mark.django_db
def test_outlook_for_windows_draws_every_button(program: Any) -> None:
    """Its links have no padding and no background, so the cell around a button's link has both."""
    for mail in every_mail(published()):
        cells = re.findall(r'(<td[^>]*>)\s*(<a [^>]*style="[^"]*padding: ?\d[^"]*"[^>]*>)', mail.html)
        assert len(cells) == mail.html.count("#done_url") * 3 + mail.html.count('class="button'), mail.name
        for cell, link in cells:
            assert re.search(r'bgcolor="#[0-9a-f]{6}"', cell), (mail.name, cell)
            assert 'align="center"' in cell
            assert re.search(r"mso-padding-alt: ?1\dpx \d+px", cell), (mail.name, cell)
            assert "text-decoration" in link


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    """A tab of a small phone that loads nothing."""
    context = browser.new_context(viewport=PHONE)
    context.route("**/*", lambda route: route.abort())
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_a_small_phone_shows_it_whole(phone: Any, program: Any) -> None:
    for mail in every_mail(published()):
        phone.set_content(mail.html)
        assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"], mail.name
        for button in phone.locator(".choice a, .button a").all():
            box = button.bounding_box()
            assert box["height"] >= 44, mail.name
            assert box["width"] >= 260, mail.name
