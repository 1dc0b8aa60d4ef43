"""One runner goes through the whole course, with the real planner, sender, SMTP server and pages, over a
daylight-saving change."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from challenge.checkins.progress import recalculate
from challenge.models import CheckIn, Delivery, Enrollment
from tests.support.smtp_server import SmtpServer
from tests.support.stepping import due_looks, next_due
from tests.support.visitor import confirm

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]


def link(text: str, path: str, site: str = "http://localhost:8000") -> str:
    """Return the path of the first link of a mail that leads to a page."""
    found = re.search(rf"{re.escape(site)}(/{path}/\S+)", text)
    assert found, f"no link to {path} in the mail"
    return found[1]


def test_from_sign_up_to_the_last_day(
    program: Any, sink: SmtpServer, go: Go, client: Client, settings: Any
) -> None:
    settings.SITE_URL = "http://localhost:8000"
    clock = datetime(2026, 3, 19, 18, 0, tzinfo=UTC)
    looks = [time(hour, minute, tzinfo=UTC) for hour in (0, 5, 6, 7, 12, 20, 23) for minute in (0, 30)]
    with time_machine.travel(clock, tick=False) as traveller:
        form = {
            "email": "alice@example.com",
            "first_name": "Alice",
            "starts_on": "2026-03-20",
            "send_at": "06:30",
            "time_zone": "Europe/London",
            "mail_consent": "on",
        }
        assert client.post("/", form).status_code == 200
        go(clock)
        path = link(body(sink, -1), "confirm")
        assert confirm(client, path, health_consent="on").status_code == 302
        seen: list[tuple[int, datetime]] = []
        for clock in [
            datetime.combine(date(2026, 3, 20) + timedelta(days=n), at) for n in range(24) for at in looks
        ]:
            if (next_due() or clock) > clock:
                continue
            traveller.move_to(clock)
            before = len(sink.raw)
            go(clock)
            for place in range(before, len(sink.raw)):
                if number := re.match(r"Day (\d+):", sink.mails[place]["Subject"]):
                    seen.append((int(number[1]), clock))
                    check_in(client, body(sink, place), int(number[1]))

    enrollment = Enrollment.objects.get()
    expected = [
        (n + 1, datetime.combine(date(2026, 3, 20) + timedelta(days=n), time(6, 30), enrollment.zone))
        for n in range(21)
    ]
    assert seen == expected
    assert enrollment.state == Enrollment.State.COMPLETED
    assert enrollment.progress.done == 21
    assert enrollment.progress.streak == 21
    assert [delivery.kind for delivery in Delivery.objects.exclude(state="sent")] == ["goodbye"]
    events = [event.kind for event in enrollment.events.all()]
    assert events == ["signed_up", "confirmed", "screened", "completed"]


def body(sink: SmtpServer, place: int) -> str:
    part = sink.mails[place].get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def check_in(client: Client, text: str, day: int) -> None:
    path = link(text, "check-in")
    page = client.get(path)
    assert "Not saved yet." in page.content.decode()
    answer = client.post(path, {"status": "done", "tightness": "4", "pain": "1", "unit": "km"}, follow=True)
    assert "Saved, thank you." in answer.content.decode()
    saved = CheckIn.objects.get(day=day)
    recalculate(saved.enrollment_id, saved.updated_at)
    assert (saved.status, saved.tightness, saved.pain) == ("done", 4, 1)


def test_a_late_lesson_leaves_the_next_ones_time_unchanged(
    alice: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    times = [now, now + timedelta(days=1, hours=5), now + timedelta(days=2) - timedelta(hours=1)]
    for at in times:
        go(at)

    alice.refresh_from_db()
    sent = Delivery.objects.filter(kind="lesson").order_by("day").values_list("day", "sent_at")
    assert list(sent) == list(zip([1, 2, 3], times, strict=True))
    assert alice.next_due_at == datetime(2026, 3, 6, 7, 0, tzinfo=UTC)


def test_after_an_outage_one_lesson_a_local_day_and_none_in_the_night(
    alice: Any, bob: Any, charlie: Any, sink: SmtpServer, go: Go, now: datetime
) -> None:
    for hours in range(6):
        go(now + timedelta(hours=hours))
    arrived = len(sink.raw)
    back = now + timedelta(days=4, hours=14)
    dates: dict[str, list[datetime]] = {}
    for at in due_looks(back, timedelta(minutes=30), back + timedelta(days=4)):
        before = len(sink.raw)
        go(at)
        for address in sink.recipients[before:]:
            dates.setdefault(address, []).append(at)

    assert arrived == 3
    for runner in (alice, bob, charlie):
        local = [moment.astimezone(runner.zone) for moment in dates[runner.runner.email]]
        first = local[0].date()
        assert [moment.date() for moment in local] == [first + timedelta(days=n) for n in range(len(local))]
        assert len(local) >= 4
        assert all(runner.send_at <= moment.time() < time(22, 15) for moment in local)
        lessons = Delivery.objects.filter(enrollment=runner, kind="lesson").order_by("sent_at")
        assert [lesson.day for lesson in lessons] == list(range(1, len(local) + 2))
