"""A recalled stretch leaves every mail that has not gone out; those who got it get one correction."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.curriculum.course import CONTENT
from challenge.curriculum.lesson import day_content
from challenge.curriculum.load import load
from challenge.curriculum.publish import Origin, Publication, publish_day
from challenge.curriculum.recall import NeedsReplacement, recall
from challenge.delivery.plan import plan
from challenge.models import Day, Recall, Revision, Stretch
from tests.support.recalls import WHY, take_back
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def shown(mail: Any) -> list[str]:
    """Return the stretches of a lesson, by the library pages that it links to."""
    return re.findall(r"/library/([a-z0-9-]+)/", mail.get_body(("plain",)).get_content())


def test_unsent_mail_carries_the_replacement(
    alice: Any, first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    plan(now)
    take_back(first, other, now)
    go(now)

    assert shown(sink.mails[0]) == [other.slug]


def test_files_that_name_only_what_was_recalled_leave_the_day_as_it_is(
    first: Stretch, other: Stretch, now: datetime
) -> None:
    take_back(first, other, now)
    Stretch.objects.filter(pk=first.pk).update(replacement=None)
    loaded = load(CONTENT / "reset-21", now + DAY)
    assert "day-01" in loaded.kept
    assert Day.objects.get(number=1).published.content["stretches"]


def test_runners_pinned_to_an_older_version_are_freed_from_the_stretch(
    alice: Any, first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    """Alice has begun with day 2 as it was; the coach had already taken the stretch out for others."""
    day = Day.objects.select_related("published", "program").get(number=2)
    words = day_content(day.published.content)
    kept = [slug for slug in words["day"]["stretches"] if slug != first.slug]
    showing = {**words, "day": {**words["day"], "stretches": [first.slug]}}
    publish_day(day, showing, Publication(now - DAY, Origin.COACH))
    go(now)
    publish_day(day, {**words, "day": {**words["day"], "stretches": kept}}, Publication(now, Origin.COACH))
    take_back(first, other, now + timedelta(hours=1))
    go(now + DAY)

    assert shown(sink.mails[-1]) == kept


def test_a_day_may_not_be_left_without_a_stretch(first: Stretch, now: datetime) -> None:
    with pytest.raises(NeedsReplacement) as caught:
        recall(first, None, WHY, now, None)

    assert 1 in [day.number for day in caught.value.days]
    first.refresh_from_db()
    assert first.recalled_at is None
    assert not Revision.objects.filter(number=2).exists()


def test_a_second_recall_does_nothing(first: Stretch, other: Stretch, now: datetime) -> None:
    take_back(first, other, now)
    assert recall(first, other, WHY, now, None) is None
    assert Recall.objects.count() == 1


def test_loading_the_files_does_not_bring_a_recalled_stretch_back(
    first: Stretch, other: Stretch, now: datetime
) -> None:
    take_back(first, other, now)
    load(CONTENT / "reset-21", now + DAY)
    assert not Day.objects.filter(published__stretches=first).exists()


def test_a_replacement_that_is_recalled_in_its_turn_is_replaced_too(
    first: Stretch, other: Stretch, now: datetime
) -> None:
    take_back(first, other, now)
    third = Stretch.objects.filter(kind="stretch").exclude(pk__in=[first.pk, other.pk]).order_by("-slug")[0]
    take_back(other, third, now)
    shown = Day.objects.get(number=1).published.stretches
    assert third in shown.all()
    assert not shown.filter(pk__in=[first.pk, other.pk]).exists()
