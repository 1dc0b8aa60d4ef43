"""The course starts on the day that the runner chose, by the runner's calendar, or with the cohort."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from challenge.models import Cohort, Delivery, Enrollment, Program
from tests.support.stepping import due_looks
from tests.support.visitor import Visitor, body

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_who_starts_today_at_the_present_hour_gets_day_one_at_once(
    visitor: Visitor, program: Any, now: datetime
) -> None:
    path = visitor.signs_up(now, starts_on="2026-03-03", send_at="08:00")
    visitor.clock.move_to(now + timedelta(minutes=1))
    visitor.confirms(path)

    assert b"Your first lesson is on its way" in visitor.client.get(path).content
    visitor.go(now + timedelta(minutes=2))

    _confirmation, welcome, lesson = visitor.sink.mails
    assert "Your next lesson comes on Tuesday, 3 March." in body(welcome)
    assert lesson["Subject"].startswith("Day 1: ")


@pytest.mark.parametrize(
    ("confirmed", "due"),
    [
        (datetime(2026, 3, 3, 15, tzinfo=UTC), datetime(2026, 3, 3, 7, tzinfo=UTC)),
        (datetime(2026, 3, 3, 22, tzinfo=UTC), datetime(2026, 3, 4, 7, tzinfo=UTC)),
    ],
    ids=["by day: at once", "in the evening: tomorrow"],
)
def test_an_hour_of_today_that_is_past(visitor: Visitor, confirmed: datetime, due: datetime) -> None:
    path = visitor.signs_up(confirmed, starts_on="2026-03-03")
    first_day = f"{due:%A}, {due.day} {due:%B %Y}"
    assert first_day.encode() in visitor.client.get(path).content

    visitor.confirms(path)

    assert Enrollment.objects.get().next_due_at == due


def test_an_early_sign_up_is_welcomed_now_and_starts_on_its_date(
    visitor: Visitor, program: Any, now: datetime
) -> None:
    path = visitor.signs_up(now, starts_on="2026-03-13")
    visitor.confirms(path)
    for at in due_looks(now, HOUR, now + 11 * DAY):
        visitor.go(at)

    welcome, *lessons = visitor.sink.to("maya@example.com")[1:]
    assert welcome["Subject"] == "You are in: your runner reset"
    assert "Friday, 13 March" in body(welcome)
    sent = Delivery.objects.filter(kind="lesson").order_by("day").values_list("day", "sent_at")
    assert list(sent) == [
        (1, datetime(2026, 3, 13, 7, tzinfo=UTC)),
        (2, datetime(2026, 3, 14, 7, tzinfo=UTC)),
    ]
    assert len(lessons) == 2


@pytest.mark.parametrize(
    ("at", "zone", "day", "accepted"),
    [
        (datetime(2026, 3, 3, 8, tzinfo=UTC), "Europe/London", "2026-03-03", True),
        (datetime(2026, 3, 3, 8, tzinfo=UTC), "Europe/London", "2026-03-02", False),
        (datetime(2026, 3, 3, 8, tzinfo=UTC), "Pacific/Honolulu", "2026-03-02", True),
        (datetime(2026, 3, 3, 12, tzinfo=UTC), "Pacific/Auckland", "2026-03-03", False),
        (datetime(2026, 3, 3, 8, tzinfo=UTC), "Europe/London", "2026-08-30", True),
        (datetime(2026, 3, 3, 8, tzinfo=UTC), "Europe/London", "2026-08-31", False),
    ],
)
def test_the_first_day_is_judged_by_the_runners_own_calendar(
    visitor: Visitor, at: datetime, zone: str, day: str, accepted: bool
) -> None:
    visitor.clock.move_to(at)

    answer = visitor.post(starts_on=day, time_zone=zone)

    assert (answer.status_code == 200) is accepted
    assert Enrollment.objects.exists() is accepted
    if not accepted:
        assert b'aria-invalid="true"' in answer.content
        assert f'value="{day}"'.encode() in answer.content


def test_a_cohort_starts_together(visitor: Visitor) -> None:
    spring = Cohort.objects.create(
        program=Program.objects.get(), slug="spring", name="Spring", starts_on=date(2026, 4, 1)
    )
    page = visitor.client.get("/join/spring/")
    assert b"You are joining Spring, which starts on Wednesday, 1 April 2026" in page.content
    assert b'name="starts_on"' not in page.content

    assert visitor.post(path="/join/spring/", starts_on="2026-03-05").status_code == 200

    enrollment = Enrollment.objects.get()
    assert (enrollment.cohort, enrollment.starts_on) == (spring, date(2026, 4, 1))


def test_a_late_joiner_starts_at_day_one(visitor: Visitor, program: Any, now: datetime) -> None:
    winter = Cohort.objects.create(program=program, slug="winter", name="Winter", starts_on=date(2026, 2, 20))
    assert b'name="starts_on"' in visitor.client.get("/join/winter/").content
    path = visitor.signs_up(now, path="/join/winter/")
    visitor.confirms(path)
    visitor.go(now + DAY)

    assert Enrollment.objects.get().cohort == winter
    assert Delivery.objects.get(kind="lesson").day == 1


def test_what_can_not_be_joined(visitor: Visitor) -> None:
    assert visitor.client.get("/join/nowhere/").status_code == 404
    Program.objects.update(is_open=False)
    assert b"nothing to join just now" in visitor.client.get("/").content
    assert visitor.post().status_code == 200
    assert not Enrollment.objects.exists()
