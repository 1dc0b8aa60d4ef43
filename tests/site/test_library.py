"""The library: every stretch in use, found by words, minutes, equipment and area, each with a page."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from challenge.models import Program, Stretch
from tests.support.visitor import whole_database

pytestmark = pytest.mark.django_db

APOSTROPHES = "'\u2019\u2018\u02bc`\u00b4"


def found(client: Client, **wanted: str) -> set[str]:
    page = client.get("/library/", wanted).content.decode()
    return set(re.findall(r'<h3><a href="/library/([\w-]+)/">', page))


def slugs() -> set[str]:
    return set(Stretch.objects.filter(kind="stretch").values_list("slug", flat=True))


def recall(slug: str, now: datetime, replacement: str = "") -> None:
    instead = Stretch.objects.get(slug=replacement) if replacement else None
    Stretch.objects.filter(slug=slug).update(recalled_at=now, replacement=instead)


def test_every_stretch_is_there_with_its_picture(client: Client, program: Any) -> None:
    page = client.get("/library/").content.decode()

    assert found(client) == slugs()
    assert len(slugs()) >= 10
    assert page.count("<picture>") == len(slugs())
    assert f"{len(slugs())} stretches" in page
    for address in re.findall(r'(?:src|srcset)="(/figures/[^"]+)"', page):
        assert client.get(address)["Content-Type"] == "image/svg+xml", address


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"words": "press-up"}, {"prone-press-up"}),
        ({"words": "CÓUCH  strétch"}, {"couch-stretch"}),
        ({"words": "couch zebra"}, set()),
        *(({"words": f"child{mark}s pose"}, {"childs-pose-side-reach"}) for mark in APOSTROPHES),
        ({"words": "couch\0 stretch"}, {"couch-stretch"}),
        ({"words": "90/90"}, {"ninety-ninety-breathing"}),
        ({"equipment": "soft ball"}, {"ball-release"}),
        ({"equipment": "chair", "words": "breathing"}, {"ninety-ninety-breathing"}),
        ({"minutes": "2"}, {"leg-swings"}),
        ({"minutes": "2", "equipment": "mat"}, set()),
    ],
)
def test_it_is_searched(client: Client, program: Any, wanted: dict[str, str], expected: set[str]) -> None:
    assert found(client, **wanted) == expected


def test_of_too_many_words_the_first_are_used_and_it_says_so(client: Client, program: Any) -> None:
    words = "couch " * 16 + "stre" + "zebra" * 20
    page = client.get("/library/", {"words": words}).content.decode()

    assert found(client, words=words) == {"couch-stretch"}
    assert "only its first 100 characters were used" in page
    assert f'value="{words[:100]}"' in page
    assert b"were used" not in client.get("/library/", {"words": words[:100]}).content


@pytest.mark.parametrize("area", ["front of hip", "back of hip", "low back", "breath", "legs"])
def test_an_area_finds_those_that_are_for_it(client: Client, program: Any, area: str) -> None:
    expected = {s.slug for s in Stretch.objects.filter(kind="stretch") if area in s.content["area"]}

    assert found(client, area=area) == expected != set()


def test_nothing_but_a_mat_is_enough_for_what_it_finds(client: Client, program: Any) -> None:
    for slug in found(client, equipment="mat"):
        assert Stretch.objects.get(slug=slug).content["equipment"] in ([], ["mat"])


def test_the_answer_is_said_in_words_and_the_question_kept(client: Client, program: Any) -> None:
    page = client.get("/library/", {"words": "press-up", "minutes": "3"}).content.decode()

    assert f"1 of {len(slugs())} stretches fits" in page
    assert "<title>1 stretch found · The library of stretches · Runner Reset</title>" in page
    assert 'value="press-up"' in page
    assert '<option value="3" selected>At most 3 minutes</option>' in page
    assert 'action="/library/#found"' in page


def test_nothing_found_is_said_kindly_with_a_way_back(client: Client, program: Any) -> None:
    page = client.get("/library/", {"words": "zebra"}).content.decode()

    assert "No stretch fits all of that" in page
    assert '<a href="/library/">Show all stretches</a>' in page


@pytest.mark.parametrize(
    "query",
    [
        "minutes=soon",
        "minutes=-1",
        "minutes=2&minutes=99999999999999999999",
        "equipment=rocket",
        "area=moon&area=",
        "words=%00",
        "words=%ff%fe",
        "words=" + "x" * 5000,
        "words=%5B%28*",
        "nothing=at+all",
        urlencode({"words": "<script>alert(1)</script>"}),
    ],
)
def test_odd_questions_are_answered(client: Client, program: Any, query: str) -> None:
    answer = client.get(f"/library/?{query}")

    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_looking_takes_as_many_queries_however_much_there_is(client: Client, program: Program) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            assert client.get("/library/", {"words": "hip"}).status_code == 200
        return len(made)

    few = queries()
    row = Stretch.objects.get(slug="glute-bridge")
    for number in range(30):
        row.pk, row.slug = None, f"bridge-{number}"
        row.save()

    assert queries() == few <= 2


def test_a_stretch_has_a_page_with_all_of_it(client: Client, program: Any) -> None:
    for stretch in Stretch.objects.filter(kind="stretch"):
        page = client.get(f"/library/{stretch.slug}/").content.decode()
        said, content = re.sub(r"&#x27;|&quot;", "'", page), stretch.content
        for key in (
            "title",
            "purpose",
            "hold",
            "sets",
            "feel",
            "not_feel",
            "easier",
            "harder",
            "skip_if",
            "timer",
        ):
            assert content[key].replace('"', "'") in said, (stretch.slug, key)
        assert page.count("<picture>") == len(content["figures"])
        for figure in content["figures"]:
            assert figure["alt"].replace('"', "'") in said
        assert page.count('<li dir="auto">') == len(re.findall(r"^\d+\. ", content["body"], re.MULTILINE))
        assert 'media="screen and (prefers-color-scheme: dark)"' in page
        assert "In an emergency call your local emergency number" in page


def test_looking_changes_nothing(client: Client, program: Any) -> None:
    before = whole_database()
    for path in ("/library/", "/library/?words=hip", "/library/glute-bridge/", "/library/nothing/"):
        assert client.get(path).cookies.output() == ""
        client.head(path)
        assert client.post(path).status_code == 405

    assert whole_database() == before


def test_what_is_not_a_stretch_has_no_page(client: Client, program: Any) -> None:
    assert client.get("/library/handstand/").status_code == 404
    assert client.get("/library/self-check/").status_code == 404


def test_a_recalled_stretch_is_left_out_and_says_what_to_do_instead(
    client: Client, program: Any, now: datetime
) -> None:
    recall("leg-swings", now, "couch-stretch")
    recall("couch-stretch", now, "glute-bridge")

    answer = client.get("/library/leg-swings/")
    page = answer.content.decode()
    assert answer.status_code == 410
    assert "do this stretch" in page
    assert 'href="/library/glute-bridge/"' in page
    assert "Wake the hips" not in page
    assert found(client) == slugs() - {"leg-swings", "couch-stretch"}


def test_a_recalled_stretch_without_a_replacement(client: Client, program: Any, now: datetime) -> None:
    recall("leg-swings", now)

    answer = client.get("/library/leg-swings/")
    assert answer.status_code == 410
    assert b"instead" not in answer.content


def test_markup_in_a_stretch_is_text(client: Client, program: Any) -> None:
    stretch = Stretch.objects.get(slug="glute-bridge")
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    stretch.content |= {"body": f"1. Lie {nasty} down [now](javascript:alert(1))", "purpose": nasty}
    stretch.save()

    for path in ("/library/glute-bridge/", "/library/"):
        page = client.get(path).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script" not in page
        assert "src=x" not in re.sub(r"&lt;.*?&gt;", "", page)
        assert 'href="javascript' not in page


def test_before_anything_is_published(client: Client, db: None) -> None:
    assert client.get("/library/").status_code == 404
    assert b"not written yet" in client.get("/library/").content
