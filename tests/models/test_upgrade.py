"""An older installation is brought up to date: nothing that was taught or sent is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from challenge.curriculum.course import CONTENT
from challenge.curriculum.load import load
from challenge.models import Alarm, Delivery, Enrollment, Event, Limit, RestoreStop, Revision, Stretch
from challenge.models.day import pick_revision
from challenge.models.limit import ALL
from challenge.monitoring.wording import AlarmText
from tests.models.old_rows import HISTORY, REFUSED
from tests.support.smtp_server import SmtpServer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("upgraded"),
]


def test_sources_become_contents_and_runners_keep_their_start(now: datetime) -> None:
    kept = Revision.objects.get(day__number=1)
    assert (kept.content["day"]["title"], kept.content["body"]) == ("Hello", "Welcome.")
    assert kept.content["stretches"][0]["body"] == "1. Lie down."
    assert [stretch.slug for stretch in kept.stretches.all()] == ["rest"]
    assert Enrollment.objects.get(runner__first_name="Alice").pinned_at == now
    loaded = load(CONTENT / "reset-21", now)
    assert loaded.published[0] == 1
    assert Stretch.objects.filter(slug="rest").exists()
    assert Revision.objects.filter(day__number=1).count() == 2


def test_nobody_goes_back_to_an_older_version() -> None:
    """Everybody was sent the newest version until now, also of days that changed meanwhile."""
    nora = Enrollment.objects.get(runner__first_name="Nora")
    chosen = pick_revision(Revision.objects.filter(day__program=nora.program), nora.pinned_at)
    assert chosen is not None
    assert chosen.number == 2


def test_a_stop_limits_and_alarms_go_on_under_their_new_names(now: datetime) -> None:
    stop = RestoreStop.current()
    assert stop
    assert (stop.history, stop.counter, stop.counted_at) == (HISTORY, 7, now)
    assert (stop.database_identity, stop.reason, stop.ran_until) == ("7/5", "older", now)
    every, one, other = Limit.objects.order_by("pk")
    assert (every.domain, every.per_second, every.suspended_until, every.suspensions) == (ALL, 5, now, 2)
    assert every.reason_values == {"count": 12, "said": "450 4.7.1 too fast"}
    assert (every.why, one.why, other.why) == (REFUSED, "Es ging nicht.", "")
    alarm = Alarm.objects.get()
    assert str(AlarmText(alarm.code, alarm.values)) == "100 % stand still."
    assert alarm.told_at == now


def test_a_course_goes_on_where_it_stood_with_its_ledger_in_codes(
    go: Callable[[datetime], None], sink: SmtpServer, now: datetime
) -> None:
    carol = Enrollment.objects.get(runner__first_name="Carol")
    ledger = {mail.kind: mail for mail in carol.deliveries.order_by("day")}
    assert {mail.domain for mail in Delivery.objects.all()} == {"example.com"}
    assert (ledger["lesson"].state, ledger["lesson"].reason) == ("withheld", "new_hour")
    assert ledger["links"].why == "The mail server refused it: 550 5.7.1 100% no"
    assert (ledger["goodbye"].reason, ledger["goodbye"].why) == ("as_written", "Es ging nicht.")
    assert [event.says for event in Event.objects.filter(enrollment=carol).order_by("id")] == [
        "06:30 Europe/London", "Three mails in a row came back.", "Wer weiß."
    ]  # fmt: skip
    RestoreStop.objects.all().delete()
    Limit.objects.all().delete()
    go(now + timedelta(days=2))
    assert [mail["To"] for mail in sink.mails] == ["bob@example.com", "carol@example.com"]
    assert carol.deliveries.get(kind="lesson", day=2).state == Delivery.State.SENT
