"""The coach's searches find an address and a name in any spelling, and the coach's own fields are cleaned."""

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import User
from accounts.search import without_addresses
from challenge.models import CheckIn, Cohort, Delivery, Enrollment, Program, SavedFilter, Suppression
from tests.support.desk import names

pytestmark = pytest.mark.django_db

SPELLINGS = [
    "maya@xn--bcher-kva.example",
    "maya@b\u00fccher.example",
    "MAYA@B\u00dcCHER.example",
    "maya@bu\u0308cher.example",
    "b\u00fccher",
    "@b\u00fccher.ex",
    "bcher-kva",
    "maya@b\u00fccher\u3002example",
    "\uff4d\uff41\uff59\uff41\uff20b\u00fccher.example",
    "\u200bmaya@b\u00fccher.example\u202c",
    "Maya <maya@b\u00fccher.example>",
    "mailto:maya@b\u00fccher.example",
    "zo\u00eb b\u00fccher",
    "Zoe\u0308",
    '"Zo\u00eb"',
]


@pytest.fixture
def zoe(enroll: Callable[..., Enrollment], bob: Enrollment) -> Enrollment:
    enrollment = enroll("maya")
    User.objects.filter(pk=enrollment.runner.pk).update(
        email="maya@xn--bcher-kva.example", first_name="Maya Zo\u00eb zo\u00eb"
    )
    return enrollment


@pytest.mark.both_databases
@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_runner_is_found_in_any_spelling(coach: Client, zoe: Enrollment, typed: str) -> None:
    assert names(coach, f"q={quote(typed)}") == ["Maya Zo\u00eb zo\u00eb"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "table", ["challenge/delivery", "challenge/checkin", "accounts/user", "accounts/consent"]
)
def test_every_list_of_runners_is_searched_alike(
    coach: Client, zoe: Enrollment, bob: Enrollment, now: datetime, table: str
) -> None:
    for enrollment in (zoe, bob):
        Delivery.objects.queue(Delivery.Kind.LINKS, now, enrollment)
        CheckIn.objects.create(enrollment=enrollment, day=1, status="done", created_at=now, updated_at=now)
    page = coach.get(f"/coach/{table}/", {"q": "maya@b\u00fccher.example"}).content.decode()
    assert "xn--bcher-kva" in page or "Maya Zo\u00eb" in page
    assert "bob@example.com" not in page
    assert "Bob" not in page
    assert coach.get(f"/coach/{table}/", {"q": "\u202e\x00"}).status_code == 200


@pytest.mark.both_databases
def test_a_suppressed_address_is_blocked_and_found_in_any_spelling(coach: Client) -> None:
    form = {"address": "maya@b\u00fccher\u3002example\u200b", "detail": "asked\u202e by phone"}
    assert coach.post("/coach/challenge/suppression/add/", form).status_code == 302
    row = Suppression.objects.get()
    assert row.detail == "asked by phone"
    for typed in SPELLINGS[:4]:
        page = coach.get("/coach/challenge/suppression/", {"q": typed}).content.decode()
        assert row.address_hash[:12] in page
    again = coach.post("/coach/challenge/suppression/add/", {"address": "maya@xn--bcher-kva.example"})
    assert "on the list already" in again.content.decode()
    wrong = coach.post("/coach/challenge/suppression/add/", {"address": "maya"}).content.decode()
    assert "The @ is missing" in wrong


def test_a_saved_view_keeps_what_is_seen(coach: Client) -> None:
    query = "q=" + quote("zoe\u0308\u202e\u0000 b\u00fccher")
    coach.post("/coach/challenge/enrollment/filters/", {"name": "Mine\u200b\u202e", "query": query})
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("Mine", "q=" + quote("zo\u00eb") + "+" + quote("b\u00fccher"))


@pytest.mark.parametrize("typed", ["04/03/2026", "03/04/26", "4.3.2026"])
def test_a_cohort_starts_on_a_day_that_reads_one_way(coach: Client, program: Program, typed: str) -> None:
    form = {"program": program.pk, "name": "Spring\u200b\u202e", "slug": "spring", "starts_on": typed}
    page = coach.post("/coach/challenge/cohort/add/", form).content.decode()
    assert "Write the day as year, month and day" in page
    coach.post("/coach/challenge/cohort/add/", {**form, "starts_on": "2026-03-04"})
    assert Cohort.objects.get().name == "Spring"


@pytest.mark.both_databases
def test_a_coach_is_known_in_any_spelling(coach: Client, client: Client) -> None:
    form = {"email": "kim@b\u00fccher.example", "first_name": "Kim\u202e", "password1": "Xw7-kq2-pp9-zz"}
    coach.post("/coach/accounts/user/add/", {**form, "password2": "Xw7-kq2-pp9-zz"})
    kim = User.objects.get(email="kim@xn--bcher-kva.example")
    assert kim.first_name == "Kim"
    refused = coach.post("/coach/accounts/user/add/", {**form, "email": "kim"}).content.decode()
    assert "The @ is missing" in refused
    assert client.login(username="kim@b\u00fccher.example", password="Xw7-kq2-pp9-zz")


@pytest.mark.parametrize(
    "table", ["challenge/enrollment", "challenge/delivery", "challenge/checkin", "accounts/user"]
)
def test_no_address_that_is_searched_for_is_in_a_url(
    coach: Client, zoe: Enrollment, bob: Enrollment, now: datetime, table: str
) -> None:
    """A server's log, and the next site, see URLs."""
    for enrollment in (zoe, bob):
        Delivery.objects.queue(Delivery.Kind.LINKS, now, enrollment)
        CheckIn.objects.create(enrollment=enrollment, day=1, status="done", created_at=now, updated_at=now)
    path, typed = f"/coach/{table}/", "Maya <maya@b\u00fccher.example>"
    assert 'id="changelist-search" method="post"' in coach.get(path).content.decode()

    answer = coach.post(path, {"q": typed, "o": "1", "csrfmiddlewaretoken": "x"})

    assert answer["Location"] == f"{path}?q=Maya+{quote(f'#{zoe.runner_id}')}&o=1"
    for found in (coach.get(answer["Location"]), coach.get(path, {"q": typed})):
        page = found.content.decode()
        assert "1 result" in page
        assert not re.search(r'(?:href|action)="[^"]*(?:@|%40)', page)
    assert "0 results" in coach.post(path, {"q": "nobody@example.org"}, follow=True).content.decode()


def test_very_many_people_are_not_listed_in_a_url(coach: Client, enroll: Callable[..., Enrollment]) -> None:
    User.objects.bulk_create(User(email=f"runner{number}@example.com") for number in range(101))
    assert without_addresses("runner1@example.com") == f"#{User.objects.get(email='runner1@example.com').pk}"
    assert without_addresses("r@example.com") == "#0"
    assert without_addresses("1@example.com zo\u00eb").count(",") == 9
    User.objects.bulk_create(User(email=f"x{number}r@example.com") for number in range(101))
    assert without_addresses("r@example.com") == "@example.com"
