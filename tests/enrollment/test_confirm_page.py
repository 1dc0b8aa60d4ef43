"""Only what the owner of an address saw is confirmed; name, day and hour can be changed there."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import Consent, User, has_consented
from challenge.checkins.record import CheckInData, record
from challenge.enrollment.leaving import leave, undo_leaving
from challenge.models import CheckIn, Cohort, Delivery, Enrollment, Event, Program
from tests.support.visitor import Visitor, answer_no, confirm, filled_in, whole_database

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEALTH = Consent.Purpose.HEALTH


@pytest.mark.parametrize(
    "changed",
    [
        {"send_at": time(18, 15)},
        {"time_zone": "Asia/Tokyo"},
        {"starts_on": date(2026, 3, 9)},
        {"runner__first_name": "Mallory"},
        {"cohort": "spring"},
    ],
)
def test_what_changed_after_the_page_was_opened_is_not_confirmed(
    visitor: Visitor, now: datetime, changed: dict[str, Any]
) -> None:
    path = visitor.signs_up(now)
    form = filled_in(visitor.client.get(path).content.decode())
    [(name, value)] = changed.items()
    if name == "runner__first_name":
        User.objects.update(first_name=value)
    elif name == "cohort":
        program = Program.objects.get()
        Enrollment.objects.update(
            cohort=Cohort.objects.create(program=program, slug=value, name="Spring", starts_on=now.date())
        )
    else:
        Enrollment.objects.update(**changed)
    before = whole_database()

    answer = visitor.client.post(path, form)

    assert answer.status_code == 409
    assert b"this sign-up was changed after you opened its page" in answer.content
    assert whole_database() == before
    assert visitor.client.post(path, filled_in(answer.content.decode())).status_code == 302
    assert Enrollment.objects.get().state == "screening"


@pytest.mark.parametrize("fields", [{}, {"shown": "\x00"}, {"first_name": "Mallory"}])
def test_a_form_that_showed_nothing_confirms_nothing(
    visitor: Visitor, now: datetime, fields: dict[str, str]
) -> None:
    path = visitor.signs_up(now)

    assert visitor.client.post(path, fields).status_code == 409
    assert Enrollment.objects.get().state == "pending"


def test_a_strangers_form_changes_nothing_of_what_was_mailed(visitor: Visitor, now: datetime) -> None:
    path = visitor.signs_up(now)
    page = visitor.client.get(path).content
    visitor.post(ip="192.0.2.9", send_at="03:00", time_zone="Asia/Tokyo", first_name="Mallory")

    assert visitor.client.get(path).content == page
    visitor.confirms(path)
    found = Enrollment.objects.get()
    assert (found.send_at, found.time_zone, found.runner.first_name) == (time(7), "Europe/London", "Maya")


@pytest.mark.both_databases
def test_name_day_and_hour_are_changed_before_it_is_confirmed(visitor: Visitor, now: datetime) -> None:
    path = visitor.signs_up(now)
    page = visitor.client.get(path).content.decode()
    shown = ("first_name", "starts_on", "send_at", "time_zone")
    assert [filled_in(page)[name] for name in shown] == ["Maya", "2026-03-04", "07:00", "Europe/London"]
    assert "<details>" in page

    visitor.confirms(
        path, first_name=" Maja ", starts_on="2026-03-06", send_at="18:15", time_zone="Asia/Tokyo"
    )

    found = Enrollment.objects.get()
    assert (found.starts_on, found.send_at, found.time_zone) == (date(2026, 3, 6), time(18, 15), "Asia/Tokyo")
    assert found.next_due_at == datetime.fromisoformat("2026-03-06T18:15+09:00")
    assert found.runner.first_name == "Maja"
    assert b"You are in, <bdi>Maja</bdi>" in visitor.client.get(path).content


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("first_name", "", "Write the name that the mails should greet you by."),
        ("first_name", "evil.com", "Write your first name alone"),
        ("starts_on", "2026-03-02", "This day is past."),
        ("starts_on", "2027-03-02", "within the next six months"),
        ("starts_on", "04/03/2026", "year, month and day"),
        ("send_at", "07:01", "Choose an hour from the list"),
        ("time_zone", "Mars/Base", "Choose your time zone from the list"),
    ],
)
def test_a_mistake_is_marked_and_nothing_is_lost(
    visitor: Visitor, now: datetime, field: str, value: str, said: str
) -> None:
    path = visitor.signs_up(now)

    answer = confirm(visitor.client, path, **{field: value, "health_consent": "on"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert page.count('aria-invalid="true"') == 1
    assert "<details open>" in page
    assert page.count(" checked") == 1
    assert Enrollment.objects.get().state == "pending"


def test_a_page_that_was_open_over_midnight_still_confirms(visitor: Visitor, now: datetime) -> None:
    path = visitor.signs_up(now, starts_on="2026-03-03")
    form = filled_in(visitor.client.get(path).content.decode())
    visitor.clock.move_to(now + DAY)

    answer = visitor.client.post(path, form)
    answer_no(visitor.client, answer["Location"])
    due_at = Enrollment.objects.get().next_due_at
    assert due_at
    assert due_at.date() == date(2026, 3, 4)


def test_the_day_of_a_cohort_stays(visitor: Visitor, now: datetime) -> None:
    starts_on = now.date() + 20 * DAY
    Cohort.objects.create(program=Program.objects.get(), slug="spring", name="Spring", starts_on=starts_on)
    path = visitor.signs_up(now, path="/join/spring/")
    page = visitor.client.get(path).content.decode()
    assert "Monday, 23 March 2026" in page
    assert 'name="starts_on"' not in page

    visitor.confirms(path, starts_on="2026-03-05", send_at="08:00")

    found = Enrollment.objects.get()
    assert (found.starts_on, found.send_at, found.cohort and found.cohort.slug) == (
        starts_on,
        time(8),
        "spring",
    )


@pytest.mark.parametrize("ticked", [True, False])
def test_the_consent_to_health_data_is_given_on_the_page_and_counts_from_then(
    visitor: Visitor, now: datetime, ticked: bool
) -> None:
    path = visitor.signs_up(now, health_consent="on")
    asked = Consent.objects.all()
    assert [(c.purpose, c.asked_at, c.given_at) for c in asked] == [("mail", now, None)]
    assert "health_consent" not in filled_in(visitor.client.get(path).content.decode())

    visitor.clock.move_to(now + HOUR)
    visitor.confirms(path, **({"health_consent": "on"} if ticked else {}))

    wanted = {"mail", "health"} if ticked else {"mail"}
    assert {(c.purpose, c.given_at, c.withdrawn_at) for c in asked.all()} == {
        (p, now + HOUR, None) for p in wanted
    }


def test_a_tick_of_an_earlier_form_counts_no_more(visitor: Visitor, now: datetime) -> None:
    """A sign-up of before asked for the consent on its form."""
    path = visitor.signs_up(now)
    Consent.objects.create(user=User.objects.get(), purpose=HEALTH, asked_at=now)

    visitor.confirms(path)

    assert not Consent.objects.filter(purpose=HEALTH).exists()


@pytest.mark.parametrize("state", ["completed", "withdrawn"])
@pytest.mark.parametrize("ticked", [True, False])
def test_the_newest_confirmed_form_decides(
    visitor: Visitor, enroll: Any, now: datetime, state: str, ticked: bool
) -> None:
    alice = enroll("alice")
    if state == "withdrawn":
        leave(alice.pk, Event.Actor.RUNNER, now)
    else:
        Enrollment.objects.update(state=state, next_due_at=None)
    path = visitor.signs_up(now + HOUR, email="alice@example.com", starts_on="2026-03-03")
    assert has_consented(alice.runner, HEALTH) is (state == "completed")

    visitor.confirms(path, **({"health_consent": "on"} if ticked else {}))

    assert has_consented(alice.runner, HEALTH) is ticked
    assert has_consented(alice.runner, Consent.Purpose.MAIL)
    given = Consent.objects.filter(purpose=HEALTH, withdrawn_at=None).values_list("given_at", flat=True)
    assert list(given) == ([now + HOUR] if ticked else [])


def test_a_new_run_without_the_tick_keeps_no_health_data(
    visitor: Visitor, program: Program, enroll: Any, now: datetime
) -> None:
    leave(enroll("alice").pk, Event.Actor.RUNNER, now)
    visitor.confirms(visitor.signs_up(now + HOUR, email="alice@example.com", starts_on="2026-03-03"))
    new = Enrollment.objects.latest("pk")
    assert new.next_due_at
    visitor.go(new.next_due_at)
    assert Delivery.objects.filter(enrollment=new, kind="lesson", state="sent").exists()

    record(new.pk, 1, CheckInData("done", tightness=3, pain=7, pain_where="hip", note="ow"), new.next_due_at)

    kept = CheckIn.objects.get()
    assert (kept.status, kept.tightness, kept.pain, kept.pain_where, kept.note) == (
        "done",
        None,
        None,
        "",
        "",
    )


@pytest.mark.both_databases
def test_leaving_ends_both_consents_and_the_undo_gives_both_back(enroll: Any, now: datetime) -> None:
    alice = enroll("alice")
    leave(alice.pk, Event.Actor.RUNNER, now + HOUR)
    assert not any(has_consented(alice.runner, purpose) for purpose in Consent.Purpose)

    assert undo_leaving(alice.pk, now + 2 * HOUR)
    assert all(has_consented(alice.runner, purpose) for purpose in Consent.Purpose)
