"""The mails after the last lesson: a summary at the usual hour, goodbye a week later, then nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from challenge.enrollment.leaving import leave
from challenge.models import CheckIn, Delivery, Enrollment, Event, Program
from tests.support.smtp_server import SmtpServer
from tests.support.stepping import due_looks

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
DAY = timedelta(days=1)


@pytest.fixture
def last_day(alice: Enrollment, sink: SmtpServer, go: Go, now: datetime) -> datetime:
    alice.program.length = 2
    alice.program.save()
    go(now)
    go(now + DAY)
    return now + DAY


def texts(sink: SmtpServer) -> list[str]:
    return [" ".join(mail.get_body(("plain",)).get_content().split()) for mail in sink.mails[2:]]


def check_in(enrollment: Enrollment, day: int, status: str, when: datetime, **scores: int) -> None:
    CheckIn.objects.create(
        enrollment=enrollment, day=day, status=status, created_at=when, updated_at=when, **scores
    )


def begin(before: Enrollment, program: Program, now: datetime) -> None:
    Enrollment.objects.create(
        runner=before.runner,
        program=program,
        state=Enrollment.State.PAUSED,
        starts_on=now.date(),
        send_at=before.send_at,
        time_zone=before.time_zone,
        created_at=now,
    )


def test_the_summary_comes_the_day_after_and_goodbye_a_week_later(
    alice: Enrollment, sink: SmtpServer, go: Go, last_day: datetime
) -> None:
    for at in due_looks(last_day + DAY, timedelta(hours=6), last_day + 14 * DAY):
        go(at)

    kinds = ("summary", "goodbye")
    sent = {d.kind: d.sent_at for d in Delivery.objects.filter(kind__in=kinds)}
    assert sent == {"summary": last_day + DAY, "goodbye": last_day + 8 * DAY}
    assert len(texts(sink)) == 2
    alice.refresh_from_db()
    assert alice.state == Enrollment.State.COMPLETED


def test_the_summary_says_what_the_check_ins_add_up_to(
    alice: Enrollment, sink: SmtpServer, go: Go, last_day: datetime
) -> None:
    check_in(alice, 1, "partly", last_day, tightness=6)
    check_in(alice, 2, "not_today", last_day, tightness=3)
    go(last_day + DAY)

    [summary] = texts(sink)
    assert "1 of 2" in summary
    assert "6" in summary
    assert "3" in summary


def test_without_two_scores_the_summary_compares_none(
    alice: Enrollment, sink: SmtpServer, go: Go, last_day: datetime
) -> None:
    check_in(alice, 1, "done", last_day, tightness=6)
    go(last_day + DAY)

    [summary] = texts(sink)
    assert "1 of 2" in summary
    assert "your tightness" not in summary.lower()


def test_who_leaves_after_the_course_hears_nothing_more(
    alice: Enrollment, sink: SmtpServer, go: Go, last_day: datetime
) -> None:
    go(last_day + DAY)
    leave(alice.pk, Event.Actor.RUNNER, last_day + DAY)
    go(last_day + 9 * DAY)
    assert len(texts(sink)) == 1


def test_another_program_does_not_swallow_the_goodbye(
    alice: Enrollment, sink: SmtpServer, go: Go, last_day: datetime
) -> None:
    go(last_day + DAY)
    begin(alice, Program.objects.create(slug="calves", title="Calves", length=30), last_day)
    go(last_day + 8 * DAY)
    assert Delivery.objects.get(kind="goodbye").state == "sent"


def test_who_has_begun_again_is_not_told_goodbye(
    alice: Enrollment, sink: SmtpServer, go: Go, last_day: datetime
) -> None:
    go(last_day + DAY)
    begin(alice, alice.program, last_day)
    go(last_day + 8 * DAY)

    assert Delivery.objects.get(kind="goodbye").reason == "begun_again"
    assert len(texts(sink)) == 1
