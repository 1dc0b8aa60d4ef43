"""A server that refuses a mail: one attempt, and no further mail to an address that does not exist."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from challenge.models import Delivery, Enrollment, Event, Suppression
from tests.support.cast import ALICE, lesson_of, story
from tests.support.smtp_script import always
from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "answer",
    ["550 no such user", "550 5.1.1 unknown", "553 bad mailbox name", "550 <alice@access.example> unknown"],
)
def test_an_address_that_does_not_exist_is_suppressed(
    answer: str, trio: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    alice = trio[0]
    sink.script = always("recipient", answer, ALICE)

    go(now)
    go(now + DAY)

    lesson = lesson_of("alice")
    assert (lesson.state, story(lesson)) == ("withheld", [("recipient", "refused", int(answer[:3]))])
    assert (lesson.reason, answer in lesson.why) == ("refused", True)
    suppression = Suppression.objects.get()
    assert (suppression.address_hash, suppression.reason) == (alice.runner.address_hash, "bounced")
    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at) == ("paused", None)
    assert Event.objects.get(enrollment=alice, kind=Event.Kind.PAUSED).actor == Event.Actor.SYSTEM
    assert sorted(sink.recipients) == ["bob@example.com"] * 2 + ["charlie@example.com"] * 2
    assert set(Enrollment.objects.exclude(pk=alice.pk).values_list("state", flat=True)) == {"active"}


@pytest.mark.parametrize(
    ("phase", "answer"),
    [
        ("recipient", "552 mailbox full"),
        ("recipient", "554 no thanks"),
        ("recipient", "550 5.7.1 we do not like your network"),
        ("recipient", "550 Sender verify failed"),
        ("recipient", "550 Administrative prohibition"),
        ("recipient", "550 authentication required"),
        ("recipient", "551 your server is not authorized"),
        ("recipient", "550 bad HELO: no reverse DNS"),
        ("recipient", "550 you are in a black list"),
        ("recipient", "550 message rate exceeded, temporary"),
        ("data", "554 content rejected"),
        ("answer", "550 content rejected"),
    ],
)
def test_a_refusal_that_is_not_of_the_address_suppresses_nobody(
    phase: str, answer: str, trio: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    sink.script = always(phase, answer, ALICE)

    go(now)

    assert [lesson_of(name).state for name in ("alice", "bob", "charlie")] == ["failed", "sent", "sent"]
    assert len(lesson_of("alice").attempts) == 1
    assert not Suppression.objects.exists()
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"active"}


def test_an_address_that_smtp_cannot_write_fails_alone(
    trio: list[Enrollment], sink: SmtpServer, go: Go, now: datetime
) -> None:
    runner = trio[0].runner
    runner.email = "alicé@example.com"
    runner.save()

    go(now)

    states = Delivery.objects.order_by("enrollment").values_list("state", "uncertain")
    assert list(states) == [("failed", False), ("sent", False), ("sent", False)]
