"""The public pages: their metadata, their content and their weight."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from challenge import drawings
from challenge.models import Article, Program
from challenge.site.faq import entries

pytestmark = pytest.mark.django_db

PAGES = ["/", "/library/", "/library/glute-bridge/", "/faq/", "/about/", "/sample/"]
PRIVATE = ["/sent/", "/links/", "/privacy/"]
STATIC = Path(django_settings.BASE_DIR) / "static"


def named(page: str, name: str) -> str:
    [said] = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)">', page)
    return unescape(str(said))


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_says_what_it_is(client: Client, program: Any, settings: Any, path: str) -> None:
    settings.SITE_URL = "https://reset.example.org"
    page = client.get(path, {"from": "elsewhere"}).content.decode()

    [title] = re.findall(r"<title>(.+) · Runner Reset</title>", page)
    assert named(page, "og:title") == unescape(title)
    assert 50 <= len(named(page, "description")) <= 400
    assert named(page, "og:description") == named(page, "description")
    assert f'<link rel="canonical" href="https://reset.example.org{path}">' in page
    assert named(page, "og:url") == f"https://reset.example.org{path}"
    assert "noindex" not in page
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1


def test_their_titles_and_descriptions_differ(client: Client, program: Any) -> None:
    pages = [client.get(path).content.decode() for path in PAGES]

    assert len({named(page, "og:title") for page in pages}) == len(PAGES)
    assert len({named(page, "description") for page in pages}) == len(PAGES)


@pytest.mark.parametrize("path", PRIVATE)
def test_other_pages_are_not_listed(client: Client, program: Any, path: str) -> None:
    assert named(client.get(path).content.decode(), "robots") == "noindex"


@pytest.mark.parametrize("path", [*PAGES, *PRIVATE])
def test_every_page_leads_to_the_others(client: Client, program: Any, path: str) -> None:
    page = client.get(path).content.decode()

    join = "#join" if path == "/" else "/#join"
    for other in ("/library/", "/about/", "/faq/", join, "/sample/", "/privacy/", "/links/"):
        assert f'href="{other}"' in page
    assert "?cohort" not in page
    assert page.count('aria-current="page"') == (path in ("/library/", "/about/", "/faq/"))
    assert "Nobody watches this site live" in page
    assert not re.findall(r'(?:src|srcset|action)="(?!/)[^"#]', page)


def weight(client: Client) -> int:
    """Return the bytes of the first page and of everything that it loads at once."""
    page = client.get("/").content
    loaded = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page.decode()))
    assert sorted(loaded) == ["icon.svg", "site.css", "zone.js"]
    return len(page) + sum((STATIC / name).stat().st_size for name in loaded)


def test_the_first_page_is_light(client: Client, program: Any) -> None:
    assert weight(client) < 51_300


def test_it_stays_light_however_long_the_articles_get(client: Client, program: Any) -> None:
    before = weight(client)
    for article in Article.objects.all():
        article.body = "\n\n".join(f"## Why {n}{' so' * 500}?\n\n{'Because. ' * 900}" for n in range(20))
        article.save()

    assert weight(client) < min(before + 1_000, 52_000)


def test_it_names_the_first_questions_and_leads_to_their_answers(client: Client, program: Any) -> None:
    first = entries(Article.objects.get(slug="faq"))[:4]
    page, answers = (client.get(path).content.decode() for path in ("/", "/faq/"))

    above = page[: page.index('id="join"')]
    assert re.findall(r'href="/faq/#([\w-]+)"', above) == [part.anchor for part in first]
    assert all(part.question in unescape(page) and f'id="{part.anchor}"' in answers for part in first)


def test_a_drawing_that_is_gone_does_not_take_the_first_page_with_it(
    client: Client, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [name for name in drawings.names() if name not in ("psoas-front", "half-kneeling-hip-flexor-2")]
    monkeypatch.setattr(drawings, "names", lambda: left)

    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.content.count(b"<picture>") == 1


def test_the_first_page_tells_of_the_whole_course(client: Client, program: Program, settings: Any) -> None:
    settings.COACH_NAME = "Ann O'Dell <b>"
    page = unescape(client.get("/").content.decode())

    assert all(day.published.title in page for day in program.days.select_related("published"))  # type: ignore[union-attr]
    assert all(f"<h3>{week['title']}</h3>" in page for week in program.weeks)
    assert page.count("<picture>") == 3
    assert "Ann O'Dell <b> reads the check-ins" in page
    assert page.index('href="#join"') < page.index('id="join"')


def test_a_refused_form_comes_back_alone(client: Client, program: Any) -> None:
    answer = client.post("/", {})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.index("Almost there") < 2_500
    assert "Week by week" not in page


def test_a_course_without_words_has_a_first_page(client: Client, db: None) -> None:
    Program.objects.create(slug="bare", title="Bare", length=3)

    assert client.get("/").status_code == 200
    for path in ("/library/", "/faq/", "/about/", "/sample/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert b"not written yet" in answer.content


def test_a_closed_course_may_still_be_read(client: Client, program: Program) -> None:
    program.is_open = False
    program.save()

    assert b"nothing to join" in client.get("/").content
    for path in PAGES + PRIVATE:
        answer = client.get(path)
        assert answer.status_code == 200
        assert b"#join" not in answer.content
        assert b"Join" not in answer.content


def test_a_page_that_is_not_there_leads_to_the_library(client: Client, db: None) -> None:
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert b'<p><a href="/library/">' in answer.content


def test_every_question_can_be_pointed_at(client: Client, program: Any) -> None:
    article = Article.objects.get(slug="faq")
    page = client.get("/faq/").content.decode()

    questions = [line[3:].strip() for line in article.body.splitlines() if line.startswith("## ")]
    headings = re.findall(r'<h2 id="([\w-]+)">(.*?)</h2>', page)
    assert [unescape(title) for anchor, title in headings if anchor != "contents-title"] == questions
    assert len({anchor for anchor, _title in headings}) == len(headings)
    assert all(f'href="#{anchor}"' in page for anchor, _title in headings if anchor != "contents-title")


@pytest.mark.parametrize(
    ("body", "anchors"),
    [
        ("", []),
        ("Only an introduction.", []),
        ("## Why?\nSo.\n\n## Why?\nSo.", ["why", "why-2"]),
        ("## ¿?\nSo.\n\n## 何?\n\n### Not a question\nSo.", ["1", "2"]),
    ],
)
def test_odd_articles_are_taken_apart(body: str, anchors: list[str]) -> None:
    assert [part.anchor for part in entries(Article(slug="faq", body=body))] == anchors


def test_markup_in_an_article_is_text(client: Client, program: Any) -> None:
    Article.objects.update(
        body="Hello <script>alert(1)</script>\n\n## Why <b>?\nSo {coach_name} <i>said</i>."
    )

    for path in ("/faq/", "/about/", "/"):
        page = client.get(path).content.decode()
        assert "<script>" not in page
        assert "<b>?" not in page
    for path in ("/faq/", "/about/"):
        page = client.get(path).content.decode()
        assert "Your coach &lt;i&gt;said" in page


def test_the_sample_is_a_whole_day_and_nobodys(client: Client, program: Program) -> None:
    page = client.get("/sample/").content.decode()
    revision = program.days.get(number=9).published
    assert revision

    assert "Day 9 of 21" in page
    assert revision.title in page
    assert unescape(page).count(revision.content["day"]["run"]) == 1
    assert "/check-in/" not in page
    assert "<form" not in page


def test_the_privacy_page_tells_of_questions(client: Client) -> None:
    assert b"Questions that you ask" in client.get("/privacy/").content


# The size of every text that is printed, in points.
LETTERS = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getClientRects().length && !e.closest(".unseen, .skip"))
  .filter(e => [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim()))
  .map(e => Math.round(parseFloat(getComputedStyle(e).fontSize) * 7.5) / 10)"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_every_stretch_prints_on_one_page_in_light_colours(
    program: Program, site: str, open_page: Callable[..., Any]
) -> None:
    page = open_page(width=1280, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for stretch in program.stretches.filter(kind="stretch"):
        page.goto(f"{site}/library/{stretch.slug}/")
        for paper in ("A4", "Letter"):
            printed = page.pdf(format=paper)
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, (stretch.slug, paper)
        shown = page.locator("img:visible").all()
        assert len(shown) == len(stretch.content["figures"])
        assert all(".light." in image.evaluate("image => image.currentSrc") for image in shown)
        assert [page.locator(gone).first.is_visible() for gone in (".top", ".ways", ".back")] == [False] * 3
        assert page.get_by_text("In an emergency call").is_visible()
        assert min(page.evaluate(LETTERS)) >= 10
