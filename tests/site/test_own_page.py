"""A page of one's own: opened by a fresh link for an hour; each change says what comes next."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Consent, User
from challenge.enrollment.transitions import PauseCause, pause
from challenge.mail.links import Purpose, token
from challenge.models import Delivery, Enrollment, Event
from tests.support.own_page import ADDRESS, Owner
from tests.support.visitor import body, link, whole_database

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Go = Callable[[datetime], None]


def test_it_opens_by_a_fresh_link_and_for_an_hour(owner: Owner, now: datetime) -> None:
    assert owner.client.post("/links/", {"email": ADDRESS}).status_code == 302
    owner.go(now)
    path = link(owner.sink.to(ADDRESS)[-1], "me")
    assert "works for an hour" in " ".join(body(owner.sink.to(ADDRESS)[-1]).split())

    owner.clock.move_to(now + 59 * MINUTE)
    before = whole_database()
    assert "Your page, <bdi>Alice</bdi>" in owner.client.get(path).content.decode()
    assert whole_database() == before
    owner.clock.move_to(now + HOUR)
    for expired in (owner.client.get(path), owner.client.post(f"{path}name/", {"first_name": "Eve"})):
        assert expired.status_code == 410
        assert b"Send me a fresh link" in expired.content
    assert User.objects.filter(first_name="Alice").exists()


def test_no_other_mail_and_no_other_link_opens_it(owner: Owner, now: datetime) -> None:
    others = set(Purpose) - {Purpose.OWN_PAGE, Purpose.ADDRESS, Purpose.ADDRESS_UNDO}
    for purpose in others:
        assert owner.client.get(f"/me/{token(purpose, now, owner.alice, 1)}/").status_code == 404
    assert b"/me/" not in owner.sink.raw[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_altered_token_opens_it(owner: Owner, now: datetime, data: st.DataObject) -> None:
    right = token(Purpose.OWN_PAGE, now, owner.alice)
    place = data.draw(st.integers(0, len(right) - 1))
    sign = data.draw(st.sampled_from("0123456789abcdefABCDEF-_~."))
    forged = right[:place] + sign + right[place + data.draw(st.integers(0, 2)) :]
    if forged != right:
        assert owner.client.get(f"/me/{forged}/").status_code == 404


def test_another_hour_says_what_comes_next_and_is_confirmed_by_mail(owner: Owner, now: datetime) -> None:
    page = owner.posts(now + HOUR, "hour", send_at="06:30", time_zone="Europe/Berlin")
    comes = "Day 2 comes on Wednesday 4 March at 06:30 (Europe/Berlin)."
    assert comes in page
    assert "Your hour and time zone are saved." in page

    owner.go(now + HOUR + 4 * MINUTE)
    assert len(owner.subjects()) == 1
    owner.go(now + HOUR + 5 * MINUTE)
    mail = " ".join(body(owner.sink.to(ADDRESS)[-1]).split())
    assert owner.subjects()[-1] == "Your changes are saved"
    assert f"Lessons come at 06:30 (Europe/Berlin) now. What comes next {comes}" in mail


def test_changes_of_some_minutes_are_one_mail(owner: Owner, now: datetime) -> None:
    owner.posts(now + MINUTE, "hour", send_at="06:30", time_zone="Europe/London")
    owner.posts(now + MINUTE, "name", first_name="Alicia")
    owner.posts(now + 2 * MINUTE, "hour", send_at="06:45", time_zone="Europe/London")
    owner.go(now + 6 * MINUTE)

    assert owner.subjects()[1:] == ["Your changes are saved"]
    mail = " ".join(body(owner.sink.to(ADDRESS)[-1]).split())
    assert "saved, \u2068Alicia\u2069" in mail
    assert "Alicia\u2069 Lessons come at 06:45 (Europe/London) now. Your name is changed. What comes" in mail

    owner.posts(now + HOUR, "name", first_name="Ali")
    owner.go(now + HOUR + 6 * MINUTE)
    assert owner.subjects()[2:] == ["Your changes are saved"]
    assert "06:45" not in body(owner.sink.to(ADDRESS)[-1]).partition("What comes next")[0]


def test_what_changes_nothing_is_not_confirmed(owner: Owner, now: datetime) -> None:
    assert "it was so already" in owner.posts(now, "name", first_name="Alice")
    assert "it was so already" in owner.posts(now, "hour", send_at="07:00", time_zone="Europe/London")
    assert "it was so already" in owner.posts(now, "resume")
    owner.go(now + HOUR)
    assert len(owner.subjects()) == 1


@pytest.mark.parametrize("part", ["hour", "agree", "health"])
def test_a_change_whose_mail_cannot_be_queued_is_none(owner: Owner, now: datetime, part: str) -> None:
    if part == "agree":
        Consent.objects.filter(purpose="health").delete()
    path, later = owner.path(now + HOUR, f"{part}/"), {"send_at": "06:30", "time_zone": "Europe/London"}
    before = whole_database()
    refused = patch.object(type(Delivery.objects), "queue", side_effect=RuntimeError)
    with refused, pytest.raises(RuntimeError):
        owner.client.post(path, later)
    assert whole_database() == before


def test_pause_and_resume_have_their_own_mail_alone(owner: Owner, now: datetime) -> None:
    page = owner.posts(now, "pause")
    assert "If you resume it now: Day 2 comes on Wednesday 4 March at 07:00 (Europe/London)." in page
    owner.go(now + HOUR)
    assert "Day 2 comes on" in owner.posts(now + HOUR, "resume")
    owner.go(now + 2 * HOUR)

    assert owner.subjects()[1:] == [
        "You are paused: your place is kept",
        "Welcome back: you go on where you stopped",
    ]


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("hour", {"send_at": "06:37", "time_zone": "Europe/London"}),
        ("name", {"first_name": "www.cheap.example"}),
        ("address", {"email": "alice@"}),
    ],
)
def test_a_mistake_is_marked_and_changes_nothing(
    owner: Owner, now: datetime, part: str, fields: dict[str, str]
) -> None:
    before = whole_database()
    answer = owner.client.post(owner.path(now, f"{part}/"), fields)
    assert answer.status_code == 422
    assert answer.content.count(b'aria-invalid="true"') == 1
    assert whole_database() == before


def test_nothing_changes_on_a_get(owner: Owner, now: datetime) -> None:
    before = whole_database()
    for part in ("hour", "name", "pause", "resume", "address", "agree", "health", "links", "erase", "keep"):
        assert owner.client.get(owner.path(now, f"{part}/")).status_code in (200, 302)
    assert owner.client.get(owner.path(now, "nowhere/")).status_code == 404
    assert whole_database() == before


def test_ending_the_old_links_ends_this_page_and_mails_a_fresh_one(owner: Owner, now: datetime) -> None:
    old = link(owner.sink.lessons[0], "leave")
    path = owner.path(now, "links/")
    assert b"End all links in your mails?" in owner.client.get(path).content

    answer = owner.client.post(path)
    assert b"Your old links have ended" in answer.content
    assert b"A mail with fresh links is on its way" in answer.content
    owner.go(now)

    assert owner.client.get(old).status_code == owner.client.get(path).status_code == 410
    fresh = owner.sink.to(ADDRESS)[-1]
    assert owner.client.get(link(fresh, "me")).status_code == 200
    assert Event.objects.filter(kind="changed", detail="links").count() == 1


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("held", "Your lessons wait until somebody who has examined you says that you may go on."),
        ("completed", "You have had every lesson of the course."),
        ("withdrawn", "You have left."),
    ],
)
def test_every_state_of_a_course_has_its_words(owner: Owner, now: datetime, state: str, says: str) -> None:
    Enrollment.objects.update(state=state, next_due_at=None)
    page = owner.reads(now)
    assert says in page
    assert ("Save the hour" in page) == (state == "held")
    assert ("Save the name" in page) == (state != "withdrawn")


def test_a_lesson_that_was_missed_is_the_next_one(owner: Owner, now: datetime) -> None:
    Delivery.objects.queue("lesson", now, owner.alice, 2, state="withheld", reason="paused")
    assert "Day 2 comes on" in owner.reads(now)
    Delivery.objects.filter(day=2).update(state="sent", sent_at=now)
    assert "Day 3 comes on" in owner.reads(now)
    Delivery.objects.queue("lesson", now, owner.alice, 3, closes_at=now + DAY)
    assert "Day 3 is on its way to you." in owner.reads(now)
    Delivery.objects.filter(day=3).update(state="sent", day=21)
    assert "The summary of your course comes on" in owner.reads(now)


def test_a_page_in_a_pause_resumes_first(owner: Owner, now: datetime) -> None:
    pause(owner.alice.pk, PauseCause.COACH, now)
    page = owner.reads(now)
    assert "Resume my course" in page
    assert "Pause my course" not in page
    owner.posts(now, "resume")
    owner.alice.refresh_from_db()
    assert (owner.alice.state, owner.alice.send_at) == ("active", time(7))
