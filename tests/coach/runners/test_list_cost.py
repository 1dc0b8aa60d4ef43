"""The coach's list of runners costs as many statements for a thousand runners as for ten."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from challenge.models import CheckIn, Delivery, Enrollment, Program

pytestmark = pytest.mark.django_db
LIST = "/coach/challenge/enrollment/"
DAY = timedelta(days=1)


@pytest.fixture
def coach(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("coach@example.com", "x"))
    return client


def test_a_page_costs_the_same_for_ten_runners_and_a_thousand(coach: Client) -> None:
    program = Program.objects.create(slug="course", title="Course", length=21)
    _crowd(program, 0, 10)
    few = _statements(coach)
    _crowd(program, 10, 1000)
    many = _statements(coach)

    assert Enrollment.objects.count() == 1000
    assert len(many) == len(few) <= 25
    assert len(_statements(coach, "_facets=True&quiet=3&pain=4&day_from=1&trouble=any&q=runner")) <= 25


def _statements(client: Client, query: str = "") -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"{LIST}?{query}").status_code == 200
    return [statement["sql"] for statement in captured.captured_queries]


def _crowd(program: Program, first: int, last: int) -> None:
    now = timezone.now()
    people = User.objects.bulk_create(User(email=f"runner{n}@example.com") for n in range(first, last))
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(
            runner=person,
            program=program,
            state="active",
            starts_on=now.date(),
            send_at=time(7),
            time_zone="Europe/London",
            created_at=now,
        )
        for person in people
    )
    for day in range(1, 6):
        at = now - DAY * (6 - day)
        Delivery.objects.queue_many(
            Delivery.objects.prepare(
                enrollment=each, kind="lesson", day=day, state="sent", due_at=at, try_at=at, sent_at=at
            )
            for each in enrollments
        )
        CheckIn.objects.bulk_create(
            CheckIn(enrollment=each, day=day, status="done", pain=5, created_at=at, updated_at=at)
            for each in enrollments
        )
