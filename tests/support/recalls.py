"""Fixtures: a stretch to recall and its replacement; and who got a correction."""

from datetime import datetime

import pytest

from challenge.curriculum.recall import recall
from challenge.models import Day, Program, Recall, Revision, Stretch
from tests.support.smtp_server import SmtpServer

WHY = "It asks more of the back than we thought."


@pytest.fixture
def first(program: Program) -> Stretch:
    """The first stretch of day 1."""
    revision = Day.objects.get(number=1).published
    assert revision is not None
    return Stretch.objects.get(slug=revision.content["day"]["stretches"][0])


@pytest.fixture
def other(first: Stretch) -> Stretch:
    """A stretch that no version of a day shows together with the first."""
    shown = Revision.objects.filter(stretches=first, day__program=first.program)
    return Stretch.objects.filter(kind="stretch").exclude(revisions__in=shown).order_by("slug")[0]


def take_back(stretch: Stretch, replacement: Stretch | None, now: datetime) -> Recall:
    recalled = recall(stretch, replacement, WHY, now, None)
    assert recalled is not None
    return recalled


def corrections(sink: SmtpServer) -> list[str]:
    return [mail["To"] for mail in sink.mails if mail["Subject"].startswith("Please leave out")]
