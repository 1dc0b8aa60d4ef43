"""A visitor from a cohort's page stays with that cohort on every other page."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from challenge.models import Cohort, Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def spring(program: Program) -> Cohort:
    starts_on = datetime.now(UTC).date() + timedelta(days=20)
    return Cohort.objects.create(program=program, slug="spring", name="Spring", starts_on=starts_on)


def test_who_comes_by_a_cohorts_page_never_loses_it(client: Client, spring: Cohort) -> None:
    seen, left = set(), ["/join/spring/"]
    while left:
        path = left.pop()
        seen.add(path)
        page = unescape(client.get(path).content.decode())
        found = re.findall(r'<a[^>]* href="([^"]*)"', page)
        assert "/" not in found, path
        assert "/#join" not in found, path
        own = path == "/join/spring/"
        assert ("#join" if own else "/join/spring/#join") in found, path
        pages = {address.partition("#")[0] for address in found} - seen - {""}
        left += sorted(pages - set(left))

    assert {f"/{name}/?cohort=spring" for name in ("library", "about", "faq", "sample", "privacy")} <= seen
    assert len(seen) > 15


def test_a_search_keeps_the_cohort(client: Client, spring: Cohort) -> None:
    page = client.get("/library/?cohort=spring").content.decode()

    assert '<input type="hidden" name="cohort" value="spring">' in page
    assert "cohort" not in client.get("/library/").content.decode()


@pytest.mark.parametrize("slug", ["autumn", "", "%00", "spring%00", "%3Cb%3E", "SPRING/../x", "x" * 5000])
def test_a_cohort_that_is_none_is_ignored(client: Client, spring: Cohort, slug: str) -> None:
    page = client.get(f"/about/?cohort={slug}").content.decode()

    assert 'class="join" href="/#join"' in page
    assert "cohort=" not in page


def test_a_cohort_of_a_closed_program_is_ignored(client: Client, spring: Cohort, program: Program) -> None:
    Program.objects.create(slug="other", title="Other", length=3)
    program.is_open = False
    program.save()

    assert b'href="/#join"' in client.get("/privacy/?cohort=spring").content


def test_a_refused_form_of_a_cohort_still_leads_to_it(client: Client, spring: Cohort) -> None:
    page = client.post("/join/spring/", {}).content.decode()

    assert 'action="/join/spring/"' in page
    assert 'class="join" href="#join"' in page
    assert 'href="/faq/?cohort=spring"' in page
