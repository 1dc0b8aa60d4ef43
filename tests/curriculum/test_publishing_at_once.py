"""Publishing and recalling at the same instant: one after the other, and nothing is overwritten."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.curriculum.lesson import day_content
from challenge.curriculum.publish import Origin, Publication, days_with, publish_day
from challenge.curriculum.recall import recall
from challenge.models import Day, Stretch
from tests.support.threads import overlap

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
HOUR = timedelta(hours=1)


@pytest.fixture
def first(program: Any) -> Stretch:
    return Stretch.objects.get(slug="constructive-rest")


@pytest.fixture
def other(first: Stretch) -> Stretch:
    return Stretch.objects.get(slug="couch-stretch")


def test_a_day_that_is_just_being_published_with_the_stretch_does_not_keep_it(
    first: Stretch, other: Stretch, now: datetime
) -> None:
    days = Day.objects.select_related("published").exclude(published__stretches=first)
    day = days.exclude(published__stretches=other)[0]
    words = day_content(day.published.content)
    words["day"] = {**words["day"], "stretches": [first.slug]}

    overlap(
        lambda: publish_day(day, words, Publication(now, Origin.COACH)),
        lambda: recall(first, other, "Leave it out.", now + HOUR, None),
    )

    assert not Day.objects.filter(published__stretches=first).exists()


def test_a_recall_keeps_the_words_that_were_published_a_moment_before(
    first: Stretch, other: Stretch, now: datetime
) -> None:
    day = days_with(first)[0]
    assert day.published is not None
    words = day_content(day.published.content)
    words["body"] += "\n\nThe new words."

    overlap(
        lambda: publish_day(day, words, Publication(now, Origin.COACH)),
        lambda: recall(first, other, "Leave it out.", now + HOUR, None),
    )

    published = Day.objects.select_related("published").get(pk=day.pk).published
    assert published is not None
    assert "The new words." in published.content["body"]
    assert first.slug not in published.content["day"]["stretches"]


def test_of_two_recalls_at_once_both_count(first: Stretch, other: Stretch, now: datetime) -> None:
    third, instead = Stretch.objects.get(slug="leg-swings"), Stretch.objects.get(slug="glute-bridge")
    overlap(
        lambda: recall(first, other, "Leave it out.", now, None),
        lambda: recall(third, instead, "Leave this out too.", now, None),
    )
    assert not Day.objects.filter(published__stretches__in=[first, third]).exists()
