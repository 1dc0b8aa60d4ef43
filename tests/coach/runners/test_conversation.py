"""The coach's pages: answer, close, publish, note and memo, each by a form that says kindly why not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from challenge.coach.history import in_words
from challenge.conversation.answers import answer
from challenge.conversation.messages import record_message
from challenge.conversation.notes import note
from challenge.enrollment.leaving import leave
from challenge.models import Delivery, Enrollment, Event, Memo, Message, Note, Suppression
from tests.support.desk import said
from tests.support.own_page import Owner
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import body

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def asked(alice: Enrollment, clock: Any, now: datetime) -> Message:
    return record_message(alice.pk, 1, "May I run <b>twice</b>?", now)


@pytest.fixture
def kim(db: None) -> User:
    return User.objects.create_user("kim@example.com", first_name="Kim", is_staff=True)


def address(name: str, pk: int) -> str:
    return reverse(f"admin:{name}", args=[pk])


def by_me() -> str:
    return f"by {User.objects.get(email='coach@example.com')}"


def logged() -> list[str]:
    return [
        in_words(text) for text in LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    ]


def test_a_message_is_answered_from_its_page(coach: Client, alice: Enrollment, asked: Message) -> None:
    path = address("answer", asked.pk)
    page = coach.get(path).content.decode()
    assert "May I run &lt;b&gt;twice&lt;/b&gt;?" in page
    assert "Mark as read" in page
    assert coach.post(path, {"text": " "}).status_code == 200

    done = coach.post(path, {"text": "Yes, slowly.", "seen": ""}, follow=True)
    assert "goes out by mail at once" in said(done)
    story = said(done)
    assert "Question Asked about day 1 May I run <b>twice</b>? Read it in its thread" in story
    assert f"Answer About day 1, {by_me()} Yes, slowly." in story
    assert Delivery.objects.get(kind="answer").enrollment == alice
    assert logged() == ["Answered a message."]


def test_the_coach_writes_to_whoever_told_something_elsewhere(
    coach: Client, alice: Enrollment, owner: Owner, sink: SmtpServer, go: Any, now: datetime, settings: Any
) -> None:
    path = address("write", alice.pk) + "?from=desk"
    words = {"text": "Please let a doctor see you."}
    assert "Write your words first." in said(coach.post(path, {"text": " "}))
    for _ in range(2):
        assert coach.post(path, words)["Location"] == "/coach/"
    go(now)

    [mail] = [mail for mail in sink.mails if mail["Subject"] == f"A message from {settings.COACH_NAME}"]
    for text in (body(mail), body(mail, "html")):
        assert "Please let a doctor see you." in text
        assert "your coach has written to you" in text
        for of_an_answer in ("You asked on", "answer"):
            assert of_an_answer not in text
    assert "Please let a doctor see you." in owner.reads(now)
    assert f"Answer About day 1, {by_me()} Please" in said(
        coach.get(f"/coach/challenge/enrollment/{alice.pk}/change/")
    )
    assert set(logged()) == {"Wrote to the runner."}
    leave(alice.pk, Event.Actor.RUNNER, now)
    assert "so nothing can be sent from here" in said(coach.get(path))
    refused = coach.post(path, {"text": "One more word."})
    assert "The runner is not in the course, so it is not sent." in said(refused)
    assert "One more word.</textarea>" in refused.content.decode()
    assert Message.objects.count() == 1


def test_a_get_changes_nothing_and_only_coaches_may(
    coach: Client, asked: Message, alice: Enrollment, client: Client
) -> None:
    before = Message.objects.values().get()
    paths = [address("answer", asked.pk)]
    paths += [address(name, alice.pk) for name in ("write", "note", "memo")]
    for path in paths:
        assert coach.get(path).status_code == 200
        logged_out = Client().post(path, {"text": "My words."})
        assert logged_out.status_code == 403
        assert "My words.</textarea>" in logged_out.content.decode()
    assert Message.objects.values().get() == before
    assert Note.objects.count() + Memo.objects.count() == 0
    assert coach.get(address("answer", 9999)).status_code == 404


def test_who_is_late_keeps_the_words_and_may_send_them_as_well(
    coach: Client, asked: Message, kim: User, now: datetime
) -> None:
    path = address("answer", asked.pk)
    first = answer(asked.pk, kim, "Yes.", now)
    late = coach.post(path, {"text": "No, never.", "seen": ""})
    text = late.content.decode()
    assert "answered at Tue 3 Mar 2026, 08:00, while you wrote" in said(late)
    assert "No, never.</textarea>" in text
    assert f'name="seen" value="{first.pk}"' in text

    coach.post(path, {"text": "No, never.", "seen": str(first.pk)})
    assert Message.objects.filter(answers=asked).count() == 2


def test_of_whoever_has_left_the_page_says_that_one_answer_may_go(
    coach: Client, asked: Message, alice: Enrollment, now: datetime
) -> None:
    leave(alice.pk, Event.Actor.RUNNER, now)
    path = address("answer", asked.pk)
    assert "One answer still goes out by mail" in said(coach.get(path))
    coach.post(path, {"text": "Yes."})
    refused = coach.post(path, {"text": "And no.", "seen": Message.objects.get(direction="out").pk})
    assert "no more mail may follow. It is not sent." in said(refused)
    assert "And no.</textarea>" in refused.content.decode()
    assert Message.objects.filter(direction="out").count() == 1


def test_of_an_address_that_takes_no_mail_it_says_where_the_answer_stands(
    coach: Client, asked: Message, alice: Enrollment, now: datetime
) -> None:
    Suppression.objects.suppress(alice.runner, Suppression.Reason.BOUNCED, "", now)
    assert "No mail reaches this runner's address." in said(coach.get(address("answer", asked.pk)))


def test_it_is_closed_or_kept_as_read(coach: Client, asked: Message) -> None:
    path = address("answer", asked.pk)
    assert "stays on the desk" in said(coach.post(path, {"do": "read"}, follow=True))
    to_the_desk = coach.post(f"{path}?from=desk", {"do": "close"})
    assert to_the_desk["Location"] == reverse("admin:index")
    assert "waits for no answer any more" in said(coach.post(path, {"do": "close"}, follow=True))
    asked.refresh_from_db()
    assert asked.state == "closed"
    assert logged() == ["Closed a message without an answer."]


def test_an_answer_is_published_without_the_name_and_withdrawn(
    coach: Client, asked: Message, kim: User, now: datetime
) -> None:
    given = answer(asked.pk, kim, "Yes, Alice.", now)
    path = address("publish", given.pk)
    assert "Yes, Alice.</textarea>" in coach.get(path).content.decode()
    assert "Leave out “Alice”" in said(coach.post(path, {"text": "Yes, Alice."}))
    assert coach.post(path, {"text": "Yes."})["Location"] == address("answer", asked.pk)
    given.refresh_from_db()
    assert (given.published, given.published_at) == ("Yes.", now)

    coach.post(path, {"do": "withdraw"})
    given.refresh_from_db()
    assert (given.published, given.published_at) == ("", None)
    assert logged() == ["Published an answer.", "Withdrew a published answer."]


def test_a_note_tells_its_day_and_follows_the_one_that_waits(coach: Client, alice: Enrollment) -> None:
    path = address("note", alice.pk)
    assert "In the place of the note that waits" not in said(coach.get(path))
    assert "in the mail of day 1" in said(coach.post(path, {"text": "First."}, follow=True))
    assert "A note waits for the mail of day 1 First." in said(coach.get(path))
    assert "follow the note that waited" in said(coach.post(path, {"text": "Second."}, follow=True))
    long = coach.post(path, {"text": "x" * 995})
    assert "more than 1000 characters" in said(long)
    done = coach.post(path, {"text": "Third.", "replaces": "on"}, follow=True)
    assert Note.objects.get().text == "Third."
    assert f"Note For the mail of day 1, {by_me()} Third." in said(done)
    assert logged() == ["Wrote a note into the next lesson."] * 3


def test_a_note_to_whoever_has_finished_is_refused(coach: Client, alice: Enrollment) -> None:
    Enrollment.objects.filter(pk=alice.pk).update(state="completed", next_due_at=None)
    refused = coach.post(address("note", alice.pk), {"text": "Well done."})
    assert "No lesson is to come in which the note could stand" in said(refused)
    assert "Well done.</textarea>" in refused.content.decode()


def test_a_note_in_a_pause_says_when_it_leaves(coach: Client, alice: Enrollment) -> None:
    Enrollment.objects.filter(pk=alice.pk).update(state="paused", next_due_at=None)
    done = coach.post(address("note", alice.pk), {"text": "Rest well."}, follow=True)
    assert "leaves when the course goes on" in said(done)


def test_a_memo_is_kept_for_the_coaches(coach: Client, alice: Enrollment) -> None:
    path = address("memo", alice.pk)
    done = coach.post(path, {"text": "Ask after <the> shoes."}, follow=True)
    assert f"Memo For the coaches, {by_me()} Ask after <the> shoes." in said(done)
    assert "Ask after <the> shoes." in said(coach.get(path))
    assert logged() == ["Wrote a memo."]


def test_the_list_shows_states_and_leads_to_the_answer(
    coach: Client, asked: Message, alice: Enrollment, kim: User, now: datetime
) -> None:
    answer(asked.pk, kim, "Yes.", now + HOUR)
    record_message(alice.pk, 1, "And then?", now + 2 * HOUR)
    note(alice.pk, kim, "A note is no message.", now)
    everything = said(coach.get("/coach/challenge/message/"))
    assert everything.index("And then?") < everything.index("Yes.") < everything.index("May I run")
    waiting = coach.get("/coach/challenge/message/?state__exact=new").content.decode()
    assert "And then?" in waiting
    assert "May I run" not in waiting
    assert f'href="{address("answer", Message.objects.latest("at").pk)}"' in waiting
