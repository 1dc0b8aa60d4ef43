"""Day 9, a stretch and nine runners around them, at the coach's desk."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from challenge.models import Day, Enrollment, Program, Stretch
from tests.support.desk import DeskItem, nine_runners


@pytest.fixture
def day(coach: Client, program: Program) -> DeskItem:
    return DeskItem(coach, Day.objects.get(number=9))


@pytest.fixture
def stretch(coach: Client, program: Program) -> DeskItem:
    return DeskItem(coach, Stretch.objects.get(slug="glute-bridge"))


@pytest.fixture
def runners(enroll: Callable[..., Enrollment], now: datetime) -> list[Enrollment]:
    return nine_runners(enroll, now)
