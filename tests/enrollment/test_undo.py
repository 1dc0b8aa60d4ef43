"""Any leave link leads back for seven days, to the place and the state that were left."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent, has_consented
from challenge.coach.runners import actions
from challenge.enrollment import pending
from challenge.enrollment.leaving import leave, undo_leaving
from challenge.enrollment.sign_up import SignUpData, sign_up
from challenge.mail.links import Purpose, url
from challenge.models import Delivery, Enrollment, Event, Suppression
from tests.enrollment.conftest import BY_PAGE, DAY, ONE_CLICK, UNDO, Go, Someone, states
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together
from tests.support.visitor import confirm, form, link, whole_database

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("fields", [ONE_CLICK, BY_PAGE])
def test_a_runner_who_undoes_it_goes_on_at_the_same_place(
    someone: Someone, alice: Enrollment, fields: dict[str, str]
) -> None:
    someone.live(4)
    path = someone.link("leave")
    someone.client.post(path, fields)
    someone.live(2)
    assert b"Go on with my course" in someone.client.get(path).content
    before = len(someone.sink.mails)

    page = someone.post(path, UNDO)

    assert b"You are back" in page.content
    assert b"Your next lesson is on its way" in page.content
    assert has_consented(alice.runner, Consent.Purpose.MAIL)
    assert Event.objects.latest("pk").kind == "returned"
    someone.live(3)
    assert someone.subjects(before) == ["Day 5", "Day 6", "Day 7"]
    assert b"Leave the program?" in someone.client.get(path).content


def test_the_undo_ends_after_seven_days(someone: Someone, alice: Enrollment) -> None:
    someone.live(2)
    path = someone.link("leave")
    someone.client.post(path, ONE_CLICK)
    someone.move(7 * DAY - SECOND)
    assert b"Go on with my course" in someone.client.get(path).content
    someone.move(SECOND)
    page = someone.client.get(path).content
    assert b"You have left" in page
    assert b"Go on with my course" not in page
    before = whole_database()

    assert b"You have left" in someone.post(path, UNDO).content
    assert whole_database() == before


@pytest.mark.parametrize("state", ["paused", "held", "screening", "completed"])
def test_an_undo_leads_back_to_the_state_that_was(someone: Someone, alice: Enrollment, state: str) -> None:
    someone.live(2)
    Enrollment.objects.update(state=state, next_due_at=None)
    path = someone.link("leave")
    someone.client.post(path, ONE_CLICK)

    assert b"You are back" in someone.post(path, UNDO).content
    someone.live(3)
    assert states() == [state]
    assert len(someone.sink.mails) == 2


def test_an_undo_brings_back_the_last_mails_of_a_course(someone: Someone, alice: Enrollment) -> None:
    someone.live(22)
    assert [mail.kind for mail in Delivery.objects.exclude(state="sent")] == ["goodbye"]
    path = someone.link("leave")
    someone.client.post(path, BY_PAGE)
    someone.post(path, UNDO)
    someone.live(9)

    assert someone.subjects()[-1] == "Goodbye for now, and good running"
    assert states() == ["completed"]


def test_an_undo_leads_back_to_every_run_that_was_left_with_it(someone: Someone, alice: Enrollment) -> None:
    someone.live(22)
    someone.begin_again()
    someone.live(2)
    someone.client.post(someone.link("leave"), ONE_CLICK)

    someone.post(someone.link("leave", -1), UNDO)

    assert states() == ["completed", "active"]


def test_a_doubled_undo_and_a_late_one_do_nothing_more(someone: Someone, alice: Enrollment) -> None:
    someone.live(2)
    path = someone.link("leave")
    someone.client.post(path, ONE_CLICK)
    for _tap in range(3):
        someone.client.post(path, UNDO)

    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["withdrawn", "returned"]
    assert Consent.objects.filter(withdrawn_at=None).count() == 2


def test_who_has_signed_up_again_is_not_led_back(someone: Someone, old_and_new: Any) -> None:
    page = someone.client.get(someone.link("leave")).content
    assert b"Go on with my course" not in page

    someone.post(someone.link("leave"), UNDO)

    assert states() == ["withdrawn", "active"]


@pytest.mark.parametrize("why", ["the coach", "the list"])
def test_what_the_coach_or_the_list_of_addresses_ended_is_not_undone_by_a_link(
    someone: Someone, alice: Enrollment, why: str
) -> None:
    someone.live(2)
    path = someone.link("leave")
    if why == "the coach":
        actions.run(actions.WITHDRAW, [alice], someone.now)
    else:
        someone.client.post(path, ONE_CLICK)
        Suppression.objects.suppress(alice.runner, Suppression.Reason.COMPLAINED, "", someone.now)

    page = someone.client.get(path).content
    assert b"You have left" in page
    assert b"Go on with my course" not in page
    someone.post(path, UNDO)
    someone.live(2)
    assert states() == ["withdrawn"]
    assert len(someone.sink.mails) == 2


def test_a_void_sign_up_sends_no_mail_and_can_be_revived(
    client: Client, program: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    client.post("/", form())
    go(now)
    path = link(sink.mails[0], "leave")
    assert b"The sign-up is void" in client.post(path, BY_PAGE).content
    go(now)
    assert len(sink.mails) == 1
    assert client.post(link(sink.mails[0], "confirm")).status_code == 410

    client.post(path, UNDO)
    assert Consent.objects.get(withdrawn_at=None).given_at is None
    assert confirm(client, link(sink.mails[0], "confirm")).status_code == 302
    assert states() == ["active"]

    pending.delete_unconfirmed(now + 8 * DAY)
    assert states() == ["active"]


def test_leaving_by_any_program_keeps_the_consent_that_another_needs(
    someone: Someone, alice: Enrollment
) -> None:
    """The consents that end with the last program come back with the first undo."""
    someone.live(1)
    runner = alice.runner
    other = Enrollment.objects.get(pk=alice.pk)
    program = type(alice.program).objects.create(slug="calves", title="Calves", length=2)
    fields = {"program": program, "starts_on": other.starts_on, "send_at": other.send_at}
    second = Enrollment.objects.create(
        runner=runner, state="paused", time_zone="Europe/London", created_at=someone.now, **fields
    )
    someone.client.post(someone.link("leave"), ONE_CLICK)
    assert has_consented(runner, Consent.Purpose.MAIL)
    someone.move(SECOND)
    someone.client.post(url(Purpose.LEAVE, someone.now, second), ONE_CLICK)
    assert not has_consented(runner, Consent.Purpose.MAIL)

    someone.move(SECOND)
    someone.post(someone.link("leave"), UNDO)
    assert states() == ["active", "withdrawn"]
    assert has_consented(runner, Consent.Purpose.MAIL)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_an_undo_and_a_new_sign_up_at_once_open_one_run(alice: Enrollment, now: datetime) -> None:
    """Whichever comes first, the other sees it."""
    data = SignUpData("alice@example.com", "Alice", alice.program, now.date(), time(7), "Europe/London")
    for hour in range(6):
        at = now + timedelta(hours=hour)
        for run in Enrollment.objects.exclude(state="withdrawn"):
            leave(run.pk, Event.Actor.RUNNER, at)
        together(lambda: undo_leaving(alice.pk, at), lambda: sign_up(data, f"192.0.2.{hour}", at))  # noqa: B023
        assert Enrollment.objects.filter(state__in=Enrollment.OPEN_STATES).count() == 1
