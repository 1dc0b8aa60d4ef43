"""The two parts of every mail say the same, in the same order, with the same links."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.support.mails import SITE, Mail, every_mail, published

HIDDEN = re.compile(r"display:\s*none")
TO_COACHES = {"escalation", "second"}
VOID = {"meta", "img", "br", "link", "source"}


@pytest.fixture
def mails(program: Any) -> list[Mail]:
    return list(every_mail(published()))


def test_both_parts_say_the_same(mails: list[Mail]) -> None:
    for mail in mails:
        html, text = Reader.of(mail.html), mail.text
        # Only the text part has addresses, the strip and horizontal lines.
        said = re.sub(r"https?://\S+|mailto:\S+|^\[[#O -]+\]$|^-+$", " ", text, flags=re.MULTILINE)
        assert words(said) == words(" ".join(html.said)), mail.name
        assert {link.rstrip("),.") for link in re.findall(r"https?://\S+", text)} == html.links, mail.name


def test_the_text_reads_well_in_a_terminal(mails: list[Mail]) -> None:
    for mail in mails:
        lines = mail.text.splitlines()
        assert "" not in (lines[0], lines[-1]), mail.name
        assert "\n\n\n" not in mail.text, mail.name
        # A runner's own values come in after the wrapping.
        assert not [line for line in lines if len(line) > 90 and "http" not in line], mail.name
        assert "&#" not in mail.text, mail.name
        assert "{" not in mail.text, mail.name


def test_a_subject_is_one_short_line(mails: list[Mail]) -> None:
    for mail in mails:
        assert 10 < len(mail.subject) <= 78, mail.name
        assert mail.subject.isprintable(), mail.name


def test_every_mail_has_the_emergency_line_and_a_way_out(mails: list[Mail]) -> None:
    for mail in mails:
        for part in (mail.text, mail.html):
            flat = " ".join(part.split())
            assert "Nobody watches this mail live. In an emergency call your local" in flat, mail.name
            # Mail about an address, and to coaches, comes to somebody who has no course to leave.
            has_course = not mail.name.startswith("address") and mail.name not in TO_COACHES
            assert ("#leave_url" in part) == has_course, mail.name
            assert "1 Long Road, Bristol" in part, mail.name


# Mails to an address that is not, or no longer, that of a runner's course.
TO_STRANGERS = {"confirmation", "reminder", "address", "address_old", "address_used", *TO_COACHES}


def test_a_runner_s_mail_says_what_to_forward_instead(mails: list[Mail]) -> None:
    for mail in mails:
        for part in (mail.text, mail.html):
            is_said = "These buttons are yours alone." in " ".join(part.split())
            assert is_said is (mail.name not in TO_STRANGERS), mail.name
            assert (f"{SITE}/sample/" in part and f"{SITE}/links/" in part) is is_said, mail.name


def test_a_lesson_has_every_way_to_act(mails: list[Mail]) -> None:
    acts = ("done", "partly", "not_today", "pause", "hour", "leave", "day")
    for mail in mails:
        if mail.name.startswith("day"):
            assert {f"#{name}_url" for name in acts} <= set(re.findall(r"#\w+_url", mail.html)), mail.name
            assert f'href="{SITE}/library/' in mail.html, mail.name


def test_html_is_small_and_every_picture_has_words_and_a_size(mails: list[Mail]) -> None:
    for mail in mails:
        assert len(mail.html.encode()) <= 60_000, mail.name
        for image in re.findall(r"<img [^>]*>", mail.html):
            assert re.search(r'alt="[^"]{30,240}"', image), mail.name
            assert re.search(r'width="\d+" height="\d+"', image), mail.name


def words(text: str) -> list[str]:
    """The words alone, whatever marks, case and lines they stand in."""
    return re.findall(r"\w+", text.lower())


class Reader(HTMLParser):
    """The text that is seen while pictures are not loaded, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: set[str] = set()
        self.open: list[tuple[str, bool]] = []
        self.counts: list[int | None] = []

    @classmethod
    def of(cls, html: str) -> "Reader":
        reader = cls()
        reader.feed(html)
        assert not reader.open
        return reader

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "img":
            self.said.append(found["alt"])
        if tag == "a" and "href" in found:
            self.links.add(found["href"])
        if tag in ("ol", "ul"):
            self.counts.append(0 if tag == "ol" else None)
        if tag == "li" and (count := self.counts[-1]) is not None:
            self.counts[-1] = count + 1
            self.said.append(f"{count + 1}.")
        if tag not in VOID:
            hides = tag in ("head", "style") or bool(HIDDEN.search(found.get("style", "")))
            self.open.append((tag, hides))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        assert opened == tag
        if tag in ("ol", "ul"):
            self.counts.pop()

    def handle_data(self, data: str) -> None:
        if not any(hides for _, hides in self.open):
            self.said.append(data)
