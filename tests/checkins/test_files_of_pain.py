"""A check-in that tells of strong pain runs the files that docs/architecture.md lists for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from challenge.checkins.record import CheckInData, record
from challenge.models import Enrollment
from tests.support.files_run import above_foundations, files_listed, files_run

MOST_FILES = 11


@pytest.mark.django_db
def test_the_files_that_run_when_pain_is_told_are_those_listed(
    alice: Enrollment, sink: Any, go: Callable[[datetime], None], now: datetime
) -> None:
    go(now)
    at = now + timedelta(hours=1)
    record(alice.pk, 1, CheckInData("done"), at)  # has read the list of red words
    listed = files_listed("A check-in says pain 8")

    ran = above_foundations(files_run(lambda: record(alice.pk, 1, CheckInData("done", pain=8), at)))

    alice.refresh_from_db()
    assert alice.state == "held"
    assert ran == set(listed)
    assert len(listed) <= MOST_FILES
