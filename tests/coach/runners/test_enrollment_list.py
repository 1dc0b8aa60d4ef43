"""The coach's list of runners: its rows, its order and its filters."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from challenge.models import CheckIn, Cohort, Delivery, Enrollment, Event, Program
from challenge.models.enrollment import log_event
from tests.support.desk import names

pytestmark = pytest.mark.django_db
LIST = "/coach/challenge/enrollment/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


def sent(enrollment: Enrollment, days: int, until: datetime, **fields: Any) -> None:
    """Send lessons 1 to `days`, one a day, the last at `until`."""
    for day in range(1, days + 1):
        at = until - DAY * (days - day)
        values = {
            "state": "sent",
            "due_at": at,
            "try_at": at,
            "sent_at": at,
            **(fields if day == days else {}),
        }
        Delivery.objects.queue(enrollment=enrollment, kind="lesson", day=day, **values)


def check_in(enrollment: Enrollment, day: int, at: datetime, **fields: Any) -> None:
    values = {"status": "done", **fields}
    CheckIn.objects.create(enrollment=enrollment, day=day, created_at=at, updated_at=at, **values)


def row(client: Client, name: str) -> str:
    page = client.get(LIST).content.decode()
    found = next(part for part in page.split("<tr>") if f">{name}</bdi>" in part)
    return unescape(found.partition("</tr>")[0])


def test_a_row_says_who_where_and_when(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime
) -> None:
    charlie = enroll("charlie", time_zone="Pacific/Auckland", send_at=time(20, 15))
    sent(charlie, 3, now - timedelta(hours=5))
    check_in(charlie, 1, now - 2 * DAY, pain=2)
    check_in(charlie, 2, now - DAY, status="partly", pain=6)
    Enrollment.objects.update(next_due_at=datetime(2026, 3, 4, 7, 15, tzinfo=UTC))

    text = re.sub(r"<[^>]+>|\s+", " ", row(coach, "Charlie"))

    assert "charlie@example.com" in text
    assert "Active, day 3 of 21" in text
    assert "The 21-Day Runner Reset" in text
    assert re.search(r"1\sday ago +Day 2: Partly, +pain 6", text)
    assert re.search(r"Tue 3 Mar, 03:00 +Lesson 3: sent", text)
    assert re.search(r"Wed 4 Mar, 07:15 +Wed 4 Mar, 20:15 Pacific/Auckland", text)


def test_the_strip_has_a_sign_and_words_for_each_day(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime
) -> None:
    alice = enroll("alice")
    sent(alice, 6, now, state="failed", sent_at=None)
    Delivery.objects.queue(enrollment=alice, kind="lesson", day=7, state="withheld", due_at=now, try_at=now)
    Delivery.objects.queue(enrollment=alice, kind="lesson", day=8, due_at=now, try_at=now)
    check_in(alice, 1, now)
    check_in(alice, 2, now, status="partly")
    check_in(alice, 3, now, status="not_today")

    found = row(coach, "Alice")

    signs = re.findall(r'class="cell cell-([a-z-]+)" title="Day (\d+): [^"]+">(.)<', found)
    assert [int(day) for _name, day, _mark in signs] == list(range(1, 22))
    assert [name for name, _day, _mark in signs[:9]] == [
        "done", "partly", "not-today", "silent", "silent", "trouble", "trouble", "waiting", "ahead"
    ]  # fmt: skip
    assert len({mark for _name, _day, mark in signs}) == 7
    assert (
        'aria-label="day 1 done; day 2 partly; day 3 not today; days 4 to 5 sent, no check-in; '
        'days 6 to 7 failed or held back; day 8 on its way; days 9 to 21 not sent"' in found
    )


def test_who_needs_the_coach_most_comes_first(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime
) -> None:
    runners = {name: enroll(name) for name in ("well", "quiet", "failed", "sore", "hurt")}
    for name, enrollment in runners.items():
        sent(enrollment, 5, now, **({"state": "failed", "sent_at": None} if name == "failed" else {}))
        check_in(enrollment, 1, now - 4 * DAY)
    for name, pain in (("well", 0), ("failed", 0), ("sore", 4), ("hurt", 6)):
        check_in(runners[name], 4, now - DAY, pain=pain)
    enroll("gone", state="withdrawn")

    assert names(coach) == ["Hurt", "Sore", "Failed", "Quiet", "Well", "Gone"]


def test_each_filter_finds_its_runners(
    coach: Client, enroll: Callable[..., Enrollment], program: Program, now: datetime
) -> None:
    days = {"one": 1, "seven": 7, "eight": 8, "fourteen": 14, "fifteen": 15}
    for name, day in days.items():
        sent(enroll(name), day, now - timedelta(hours=1))
        check_in(Enrollment.objects.get(runner__first_name=name.capitalize()), day, now)
    enroll("waits", state="pending")
    other = Program.objects.create(slug="other", title="Other", length=5)
    Enrollment.objects.filter(runner__first_name="One").update(program=other)
    spring = Cohort.objects.create(program=program, slug="spring", name="Spring", starts_on=now.date())
    Enrollment.objects.filter(runner__first_name="Seven").update(cohort=spring)

    def found(query: str) -> set[str]:
        return set(names(coach, query))

    assert found("day_from=1&day_to=7") == {"One", "Seven"}
    assert found("day_from=8&day_to=14") == {"Eight", "Fourteen"}
    assert found("day_from=14") == {"Fourteen", "Fifteen"}
    assert found("day_to=1") == {"One", "Waits"}
    assert found("state__exact=pending") == {"Waits"}
    assert found(f"program__id__exact={other.pk}") == {"One"}
    assert found(f"cohort__id__exact={spring.pk}") == {"Seven"}
    assert found("q=fourteen@") == {"Fourteen"}
    assert found("q=EIGHT") == {"Eight"}


def test_quiet_means_active_asked_and_silent(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime
) -> None:
    for name, day, last in (
        ("silent", 9, 8),
        ("lately", 9, 4),
        ("talks", 9, 2),
        ("paused", 9, 8),
        ("back", 9, 8),
    ):
        sent(enroll(name), day, now - timedelta(hours=1))
        check_in(Enrollment.objects.get(runner__first_name=name.capitalize()), 1, now - last * DAY)
    sent(enroll("never"), 4, now - timedelta(hours=1))
    sent(enroll("fresh"), 2, now - timedelta(hours=1))
    Enrollment.objects.filter(runner__first_name="Paused").update(state="paused", next_due_at=None)
    back = Enrollment.objects.get(runner__first_name="Back")
    log_event(back, Event.Kind.RESUMED, Event.Actor.RUNNER, now - DAY)

    assert set(names(coach, "quiet=3")) == {"Silent", "Lately", "Never"}
    assert set(names(coach, "quiet=7")) == {"Silent"}


def test_pain_is_the_last_that_was_reported(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime
) -> None:
    for name, scores in (("five", [1, 5]), ("six", [6]), ("healed", [8, 1]), ("unsaid", [7, None])):
        enrollment = enroll(name)
        for day, pain in enumerate(scores, 1):
            check_in(enrollment, day, now - DAY * (5 - day), pain=pain)

    assert set(names(coach, "pain=4")) == {"Five", "Six", "Unsaid"}
    assert set(names(coach, "pain=6")) == {"Six", "Unsaid"}


def test_a_score_ages_and_does_not_count_for_ever(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime
) -> None:
    for name, days in (("lately", 8), ("old", 9)):
        enrollment = enroll(name)
        sent(enrollment, days, now)
        check_in(enrollment, 2, now - (days - 2) * DAY, pain=7)
        check_in(enrollment, 3, now - (days - 3) * DAY)
        check_in(enrollment, 4, now - (days - 4) * DAY, pain=9, doubt="too_fast")

    assert "pain 7 on day 2, none told since" in row(coach, "Lately")
    assert "pain" not in row(coach, "Old").replace("no-pain", "")
    assert names(coach, "pain=6") == ["Lately"]


def test_delivery_trouble_is_failed_or_uncertain(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime
) -> None:
    sent(enroll("fine"), 2, now)
    sent(enroll("failed"), 2, now, state="failed", sent_at=None)
    sent(enroll("doubtful"), 2, now, uncertain=True)

    assert set(names(coach, "trouble=any")) == {"Failed", "Doubtful"}
    assert names(coach, "trouble=failed") == ["Failed"]
    assert names(coach, "trouble=uncertain") == ["Doubtful"]


@pytest.mark.parametrize(
    "query",
    ["day_from=x&day_to=-1", "day_from=99999999999999999999", "quiet=0", "pain=%00", "trouble=all", "o=x.9"],
)
def test_a_question_without_sense_narrows_nothing(
    coach: Client, enroll: Callable[..., Enrollment], query: str
) -> None:
    enroll("alice")

    assert names(coach, query) == ["Alice"]


def test_the_empty_list_says_why(coach: Client, enroll: Callable[..., Enrollment]) -> None:
    assert "No runner has signed up yet." in coach.get(LIST).content.decode()

    enroll("alice")

    page = coach.get(f"{LIST}?q=nobody").content.decode()
    assert "No runner fits these filters." in page


def test_what_a_runner_writes_is_shown_as_text(
    coach: Client, enroll: Callable[..., Enrollment], now: datetime
) -> None:
    alice = enroll("alice")
    User.objects.filter(pk=alice.runner_id).update(first_name="<script>alert(1)</script>")
    check_in(alice, 1, now, note="<img src=x onerror=alert(2)>", pain_where="<b>hip</b>")

    for address in (LIST, f"{LIST}{alice.pk}/change/", "/coach/challenge/checkin/"):
        page = coach.get(address).content.decode()
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page
        assert "<b>hip" not in page
        assert "&lt;script&gt;alert(1)" in page
