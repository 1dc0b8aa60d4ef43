"""Leaving is leaving, whichever run the link came from, and can be undone for seven days."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Consent, has_consented
from challenge.checkins.record import CheckInData, Closed, record
from challenge.coach.runners import actions
from challenge.enrollment import pending
from challenge.mail.links import Purpose, url
from challenge.models import Delivery, Enrollment, Event, Suppression
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body, form, link, whole_database

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BY_PAGE = {"action": "leave"}
UNDO = {"action": "undo"}
Go = Callable[[datetime], None]


class Someone:
    """Alice, the mails that came to her, and a way to let days pass."""

    def __init__(self, client: Client, sink: SmtpServer, go: Go, clock: Any, now: datetime) -> None:
        self.client, self.sink, self.go, self.clock, self.now = client, sink, go, clock, now

    def live(self, days: int) -> None:
        """Let mail be sent once a day, beginning now; stop at the hour of the next."""
        for _day in range(days):
            self.go(self.now)
            self.move(DAY)

    def move(self, by: timedelta) -> None:
        self.now += by
        self.clock.move_to(self.now)

    def subjects(self, since: int = 0) -> list[str]:
        return [str(mail["Subject"]).partition(":")[0] for mail in self.sink.mails[since:]]

    def link(self, purpose: str, number: int = 0) -> str:
        return link(self.sink.lessons[number], purpose)

    def post(self, path: str, fields: dict[str, str]) -> Any:
        """Post, and follow a redirect to the page."""
        answer = self.client.post(path, fields)
        return self.client.get(answer["Location"]) if answer.status_code == 302 else answer

    def begin_again(self) -> Enrollment:
        fields = form(email="alice@example.com", starts_on=f"{self.now:%Y-%m-%d}", health_consent="on")
        assert self.client.post("/", fields).status_code == 302
        self.go(self.now)
        assert self.client.post(link(self.sink.mails[-1], "confirm")).status_code == 302
        return Enrollment.objects.latest("pk")


@pytest.fixture
def someone(
    client: Client, alice: Enrollment, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> Someone:
    return Someone(client, sink, go, clock, now)


@pytest.fixture
def old_and_new(someone: Someone, alice: Enrollment) -> tuple[Enrollment, Enrollment]:
    """A run that Alice left after three lessons, and one that has begun since with two lessons."""
    someone.live(3)
    someone.client.post(someone.link("leave"), ONE_CLICK)
    new = someone.begin_again()
    someone.live(2)
    assert someone.subjects()[-2:] == ["Day 1", "Day 2"]
    return alice, new


def states() -> list[str]:
    return list(Enrollment.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(("fields", "mails"), [(ONE_CLICK, []), (BY_PAGE, ["You have left"])])
def test_the_link_of_an_earlier_run_leaves_the_one_that_goes_on(
    someone: Someone, old_and_new: Any, fields: dict[str, str], mails: list[str]
) -> None:
    before = len(someone.sink.mails)
    assert b"Leave the program?" in someone.client.get(someone.link("leave")).content

    page = someone.client.post(someone.link("leave"), fields)
    someone.live(5)

    assert (page.status_code, b"You have left" in page.content) == (200, True)
    assert states() == ["withdrawn", "withdrawn"]
    assert someone.subjects(before) == mails


def test_the_link_of_a_completed_course_stops_the_next_one_and_the_goodbye(
    someone: Someone, alice: Enrollment
) -> None:
    someone.live(22)
    new = someone.begin_again()
    someone.live(2)
    before = len(someone.sink.mails)
    assert states() == ["completed", "active"]

    someone.client.post(someone.link("leave", 5), ONE_CLICK)
    someone.live(9)

    assert states() == ["withdrawn", "withdrawn"]
    assert len(someone.sink.mails) == before
    assert not has_consented(new.runner, Consent.Purpose.MAIL)


def test_old_links_to_pause_and_to_the_hour_lead_to_the_newest_run(
    someone: Someone, old_and_new: Any
) -> None:
    old, new = old_and_new
    hour = {"send_at": "06:30", "time_zone": "Europe/Paris"}
    assert b"Saved" in someone.post(someone.link("hour"), hour).content
    assert b"Your next lesson comes on" in someone.client.get(someone.link("pause")).content
    assert b"Your course is paused" in someone.post(someone.link("pause"), {"action": "pause"}).content

    old.refresh_from_db()
    new.refresh_from_db()
    assert (new.state, new.send_at, new.time_zone) == ("paused", time(6, 30), "Europe/Paris")
    assert (old.state, old.time_zone) == ("withdrawn", "Europe/London")


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


def test_after_leaving_on_the_page_one_mail_says_so_and_how_to_undo_it(
    someone: Someone, alice: Enrollment
) -> None:
    someone.live(2)
    path = someone.link("leave")
    for _tap in range(2):
        someone.client.post(path, BY_PAGE)
    someone.client.post(path, ONE_CLICK)
    someone.go(someone.now)

    [mail] = someone.sink.mails[2:]
    assert mail["To"] == "alice@example.com"
    text = " ".join(body(mail).split())
    assert "No more mail of The 21-Day Runner Reset comes to you" in text
    assert "Until Thursday, 12 March, 08:00 (Europe/London)" in text
    someone.live(6)
    assert b"You are back" in someone.post(link(mail, "leave"), UNDO).content
    someone.live(1)
    assert someone.subjects(3) == ["Day 3"]


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


def test_a_mail_about_leaving_that_is_no_longer_true_is_not_sent(someone: Someone, alice: Enrollment) -> None:
    someone.live(2)
    path = someone.link("leave")
    someone.client.post(path, BY_PAGE)
    someone.post(path, UNDO)
    someone.move(timedelta(hours=2))
    someone.client.post(path, BY_PAGE)
    fields = form(email="alice@example.com", starts_on="2026-03-10")
    assert someone.client.post("/", fields).status_code == 302
    someone.go(someone.now)

    assert someone.subjects(2) == ["Please confirm"]


def test_whoever_taps_again_and_again_does_not_fill_the_inbox(someone: Someone, alice: Enrollment) -> None:
    someone.live(2)
    for _turn in range(5):
        someone.client.post(someone.link("leave"), BY_PAGE)
        someone.go(someone.now)
        someone.client.post(someone.link("leave"), UNDO)
        someone.go(someone.now)
        someone.move(timedelta(minutes=1))

    assert sorted(someone.subjects(2)) == ["Day 3", "Welcome back", "You have left"]


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
    assert client.post(link(sink.mails[0], "confirm")).status_code == 302
    assert states() == ["active"]

    pending.delete_unconfirmed(now + 8 * DAY)
    assert states() == ["active"]


def test_leaving_ends_the_other_links_by_state_and_an_undo_revives_them(
    someone: Someone, alice: Enrollment
) -> None:
    someone.live(2)
    lesson = someone.sink.lessons[1]
    check_in, leave = link(lesson, "check-in", "done"), link(lesson, "leave")
    key = Enrollment.objects.get().link_key
    someone.client.post(leave, ONE_CLICK)

    before = whole_database()
    posts = {check_in: {"status": "done", "unit": "km"}, link(lesson, "day"): {"text": "Why?"}}
    posts[link(lesson, "hour")] = {"send_at": "06:30", "time_zone": "Europe/Paris"}
    assert {someone.client.post(*post).status_code for post in posts.items()} == {410}
    assert someone.client.post(link(lesson, "pause"), {"action": "pause"}).status_code == 302
    assert whole_database() == before
    with pytest.raises(Closed):
        record(alice.pk, 2, CheckInData("done"), someone.now)

    someone.post(leave, UNDO)
    assert {someone.client.post(*post).status_code for post in posts.items()} == {302}
    assert Enrollment.objects.get().link_key == key


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
