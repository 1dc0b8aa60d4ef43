"""What is kept of a runner, on the runner's own page: read, downloaded, consented to, erased."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Consent, User
from challenge.checkins.record import CheckInData, record
from challenge.conversation.messages import record_message
from challenge.enrollment.erasing import erase_due
from challenge.models import CheckIn, Enrollment
from challenge.privacy.export import export
from tests.support.own_page import ADDRESS, Owner
from tests.support.runs import asks_again
from tests.support.visitor import body, link

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SAID = "Left calf, since Sunday"
Go = Callable[[datetime], None]


@pytest.fixture
def told(owner: Owner, now: datetime) -> Owner:
    """Alice has said where it hurts, and asked something."""
    record(owner.alice.pk, 1, CheckInData("partly", 7, 3, "calf", note=SAID), now)
    record_message(owner.alice.pk, 1, "May I run <b>twice</b>?", now)
    return owner


def test_health_words_and_questions_stand_on_a_page_of_their_own(told: Owner, now: datetime) -> None:
    page = told.reads(now, "told/")
    for words in (SAID, "<td>7</td>", "<td>3</td>", "<bdi>calf</bdi>", "May I run &lt;b&gt;twice&lt;/b&gt;?"):
        assert words in page
    assert SAID not in told.reads(now)


def test_an_earlier_run_costs_no_further_queries(
    told: Owner, now: datetime, django_assert_num_queries: Any
) -> None:
    path = told.path(now, "told/")
    new = asks_again(told.alice, now)
    with CaptureQueriesContext(connection) as of_one:
        assert told.client.get(path).content.count(b"<h2>Check-ins</h2>") == 1

    CheckIn.objects.create(enrollment=new, day=1, status="done", created_at=now, updated_at=now)
    asks_again(new, now)
    with django_assert_num_queries(len(of_one)):
        assert told.client.get(path).content.count(b"<h2>Check-ins</h2>") == 2


def test_the_download_holds_every_field_and_the_page_the_same(told: Owner, now: datetime) -> None:
    answer = told.client.get(told.path(now, "download/"))
    assert answer["Content-Disposition"] == 'attachment; filename="runner-reset.json"'
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.content) == export(told.alice.runner, now)

    page = told.reads(now, "everything/")
    assert SAID in page
    for rows in json.loads(answer.content)["tables"].values():
        for value in (value for row in rows for value in row.values() if type(value) is int):
            assert f">{value}</dd>" in page
    assert ">3 March 2026, 08:00</dd>" in page


def test_nobody_elses_words_are_in_it(told: Owner, bob: Enrollment, now: datetime) -> None:
    record_message(bob.pk, 1, "What is it to you?", now)
    for part in ("told/", "everything/", "download/"):
        page = told.reads(now, part)
        assert "What is it to you?" not in page
        assert "bob@" not in page


def test_the_consent_to_health_data_is_taken_back_with_what_was_kept(told: Owner, now: datetime) -> None:
    at = now + MINUTE
    assert "erased at once" in told.reads(at, "health/")
    page = told.posts(at, "health")
    assert "what was kept under it is erased" in page
    assert "Day 2 comes on" in page

    kept = CheckIn.objects.get()
    assert (kept.tightness, kept.pain, kept.pain_where, kept.note) == (None, None, "", "")
    told.go(at + 5 * MINUTE)
    assert "what was kept under it is erased." in " ".join(body(told.sink.to(ADDRESS)[-1]).split())
    assert "it was so already" in told.posts(at, "health")

    assert "Your consent is saved." in told.posts(now + HOUR, "agree")
    given = Consent.objects.get(purpose="health", withdrawn_at=None)
    assert (given.form, given.given_at) == ("own_page", now + HOUR)
    assert given.wording in told.reads(now + HOUR) or "You agreed on" in told.reads(now + HOUR)
    told.go(now + HOUR + 5 * MINUTE)
    assert "You agreed that your health data is kept." in body(told.sink.to(ADDRESS)[-1])


def test_erasing_waits_a_day_and_everything_can_be_kept(told: Owner, now: datetime) -> None:
    assert "a day from now" in told.reads(now, "erase/")
    page = told.posts(now, "erase")
    assert "Keep everything" in page
    assert "on <strong>Wednesday 4 March at 08:00</strong>" in page
    assert "Pause my course" not in page

    assert "Nothing will be erased." in told.posts(now + HOUR, "keep")
    assert "Day 2 comes on" in told.reads(now + HOUR)
    assert erase_due(now + 2 * DAY) == 0

    told.posts(now + 2 * HOUR, "erase")
    path = told.path(now + 2 * HOUR)
    assert erase_due(now + DAY + 2 * HOUR) == 1
    assert told.client.get(path).status_code == 410
    assert not User.objects.exists()


def test_a_coach_is_not_erased_by_a_link(told: Owner, now: datetime) -> None:
    User.objects.update(is_staff=True)
    assert "Erase everything" not in told.reads(now)
    assert told.client.post(told.path(now, "erase/")).status_code == 404
    assert not User.objects.filter(erase_at__isnull=False).exists()


@pytest.mark.parametrize(("state", "says"), [("withdrawn", "You have left."), ("completed", "every lesson")])
def test_after_the_course_a_fresh_link_still_opens_what_is_kept(
    told: Owner, now: datetime, state: str, says: str
) -> None:
    Enrollment.objects.update(state=state, next_due_at=None)
    Consent.objects.filter(purpose="mail").update(withdrawn_at=now)
    told.client.post("/links/", {"email": ADDRESS})
    told.go(now)
    assert told.subjects()[-1] == "The link to your page"

    page = told.client.get(link(told.sink.to(ADDRESS)[-1], "me")).content.decode()
    assert says in page
    assert "Save the hour" not in page
    assert SAID in told.reads(now, "told/")
