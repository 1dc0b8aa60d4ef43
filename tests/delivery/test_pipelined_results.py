"""Results in libpq's pipeline mode, beside the other queries of a batch."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from challenge.delivery import results
from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.delivery.rescue import rescue
from challenge.delivery.results import ResultWriter
from challenge.delivery.send import Sender
from challenge.delivery.smtp.transport import Transport
from challenge.models import Delivery, Enrollment
from tests.conftest import Enroll
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
# Longer than a lease, and than the wait before the second try.
LONG = timedelta(hours=1)


def send(now: datetime) -> None:
    with Transport() as transport, Sender(transport, lambda: now, size=10) as sender:
        sender.send_batch()


def test_a_batch_of_different_days_and_kinds(enroll: Enroll, sink: SmtpServer, now: datetime) -> None:
    runners = [enroll(name) for name in ("alice", "bob", "charlie", "dora")]
    plan(now)
    for day, lesson in enumerate(Delivery.objects.order_by("enrollment"), start=4):
        Delivery.objects.filter(pk=lesson.pk).update(day=day)
    changed = Delivery.objects.filter(enrollment=runners[-1])
    changed.update(kind=Delivery.Kind.SUMMARY, day=0)
    Enrollment.objects.filter(pk=runners[-1].pk).update(state="completed", next_due_at=None)

    send(now)

    assert len(sink.mails) == 4
    assert {lesson.state for lesson in Delivery.objects.all()} == {"sent"}
    assert all(len(lesson.attempts) == 1 for lesson in Delivery.objects.all())


def test_an_own_connection_that_was_cut_loses_no_result(
    trio: list[Any], sink: SmtpServer, now: datetime
) -> None:
    """The database closes the results' connection after the first mail; SQLite has none to close."""
    cut: list[int] = []

    def end_others(phase: str, recipient: str) -> None:
        if phase == "answer" and len(sink.mails) == 2 and not cut:
            together(lambda: cut.append(_end_others()))

    plan(now)
    sink.script = end_others
    send(now)

    assert cut == [int(connection.vendor == "postgresql")]
    assert len(sink.mails) == 3
    assert Delivery.objects.filter(state="sent", uncertain=False).count() == 3


def test_a_database_that_stays_away_while_a_sender_stops(
    trio: list[Any], sink: SmtpServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rescue takes over what could not be written, and the exception gives the reason."""
    cut: list[int] = []
    record = results.record

    def end_all(phase: str, recipient: str) -> None:
        if phase == "answer" and len(sink.mails) == 2 and not cut:
            together(lambda: cut.append(_end_others()))

    def no_database(delivery: Delivery, **fields: Any) -> bool:
        if cut:
            raise OperationalError("the database is away")
        return record(delivery, **fields)

    plan(now)
    sink.script = end_all
    monkeypatch.setattr(results, "record", no_database)
    with (
        pytest.raises(OperationalError, match="is away"),
        Transport() as transport,
        Sender(transport, lambda: now, lambda: bool(cut), size=10) as sender,
    ):
        sender.send_batch()

    states = {delivery.message_id: delivery.state for delivery in Delivery.objects.all()}
    assert [states[mail["Message-ID"]] for mail in sink.mails] == ["sent", "sending"]


@pytest.mark.parametrize("is_back", [False, True], ids=["before it went again", "after"])
def test_a_message_that_lost_its_lease_before_it_was_recorded_is_in_doubt(
    is_back: bool, trio: list[Any], sink: SmtpServer, now: datetime
) -> None:
    """The second of two messages without a record counts as not tried: it goes once more, and is marked."""
    plan(now)
    first, second = claim(now, 2)
    late = ResultWriter()
    assert rescue(now + LONG) == 2
    if is_back:
        send(now + LONG)
    for delivery in (first, second):
        late.sent(delivery, sent_at=now, revision_id=None, attempts=[])
    late.close()
    if not is_back:
        send(now + LONG)

    sent = Delivery.objects.filter(state="sent")
    assert {each.pk for each in sent.filter(uncertain=True)} >= {second.pk}
    assert sent.filter(uncertain=False).count() == 1


def test_a_record_whose_answer_was_lost_is_no_doubt(alice: Any, now: datetime) -> None:
    plan(now)
    [delivery] = claim(now, 1)
    for _again in range(2):
        results = ResultWriter()
        results.sent(delivery, sent_at=now, revision_id=None, attempts=[])
        results.close()

    assert not Delivery.objects.get().uncertain


def _end_others() -> int:
    """End every other connection to this database. Return how many."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%attempts = $3%'"
        )
        return int(cursor.fetchone()[0])
