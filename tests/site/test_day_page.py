"""The web page of a day shows what this runner was sent, whatever was published since."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.checkins.open_days import last_date
from challenge.conversation.answers import answer
from challenge.curriculum.lesson import day_content
from challenge.curriculum.publish import Publication, publish_day
from challenge.enrollment.leaving import leave
from challenge.enrollment.transitions import send_again
from challenge.mail.links import Purpose, url
from challenge.models import Day, Delivery, Event, Message, Revision, Stretch
from tests.support.holds import on_the_desk
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import link, whole_database

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
Go = Callable[[datetime], None]


def page_of(enrollment: Any, now: datetime, day: int = 1) -> str:
    return url(Purpose.DAY, now, enrollment, day)


def republish(now: datetime, number: int = 1, **changes: str) -> Revision:
    day = Day.objects.get(number=number)
    assert day.published
    words = day_content(day.published.content)
    words["body"] = changes.pop("body", words["body"])
    words["day"] |= changes
    revision = publish_day(day, words, Publication(now, for_all=True))
    assert revision
    return revision


def test_the_mail_links_to_the_whole_lesson(
    client: Client, alice: Any, sink: SmtpServer, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    lesson = Delivery.objects.get(kind="lesson").revision.content  # type: ignore[union-attr]
    answer = client.get(link(sink.lessons[0], "day"))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert f'id="day-title">{lesson["day"]["title"]}</h1>' in page
    assert "Day 1 of 21" in page
    assert all(stretch["title"] in page for stretch in lesson["stretches"])
    assert lesson["self_check"]["title"] in page
    assert lesson["day"]["run"] in page
    assert page.count("<picture>") == sum(
        len(part["figures"]) for part in (lesson["day"], lesson["self_check"], *lesson["stretches"])
    )
    assert "Tuesday, 3 March 2026" in page


def test_it_stays_as_it_was_sent(client: Client, alice: Any, go: Go, clock: Any, now: datetime) -> None:
    go(now)
    before = Day.objects.get(number=1).published.title  # type: ignore[union-attr]
    republish(now + DAY, title="Quite another day", body="Quite other words.")

    page = client.get(page_of(alice, now)).content.decode()
    assert before in page
    assert "Quite" not in page


def test_sent_again_it_is_as_it_was_sent_last(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    republish(now, title="Quite another day")
    send_again(alice.pk, now)
    assert b"Quite another day" not in client.get(page_of(alice, now)).content
    go(now)

    assert b"Quite another day" in client.get(page_of(alice, now)).content


def test_it_is_made_out_to_the_runner(client: Client, alice: Any, go: Go, clock: Any, now: datetime) -> None:
    alice.runner.first_name = "<b>{coach_name}</b>"
    alice.runner.save()
    republish(now, body="Well done, {first_name}! Yours, {coach_name} <script>alert(1)</script>")
    go(now)

    page = client.get(page_of(alice, now)).content.decode()
    assert "Well done, <bdi>&lt;b&gt;{coach_name}&lt;/b&gt;</bdi>! Yours, Your coach" in page
    assert "<script" not in page


def test_what_was_not_sent_can_not_be_read(
    client: Client, alice: Any, bob: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    for enrollment, day in ((alice, 2), (alice, 99), (bob, 1)):
        answer = client.get(page_of(enrollment, now, day))
        assert answer.status_code == 410
        assert b"can't be shown" in answer.content
        assert client.post(page_of(enrollment, now, day), {"text": "Why?"}).status_code == 410
    Revision.objects.update(content={})

    assert client.get(page_of(alice, now)).status_code == 410
    assert not Message.objects.exists()


def test_a_stretch_recalled_since_is_named_with_what_to_do_instead(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    stretch = Stretch.objects.get(kind="stretch", revisions__day__number=1)
    assert b"leave out" not in client.get(page_of(alice, now)).content
    stretch.recalled_at, stretch.replacement = now, Stretch.objects.get(slug="glute-bridge")
    stretch.save()

    page = client.get(page_of(alice, now)).content.decode()
    notice = page.index(f"Please leave out “{stretch.title}”.")
    assert notice < page.index('href="/library/glute-bridge/"') < page.index("day-title")
    assert page.count("Leave this one out") == 1


def test_a_recalled_self_check_is_named_too(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    Stretch.objects.filter(kind="self_check").update(recalled_at=now)

    assert "Please leave out “Three-minute self-check”." in client.get(page_of(alice, now)).content.decode()


def test_it_says_where_to_check_in_while_that_is_open(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    lesson = Delivery.objects.get(kind="lesson")
    for days in range(6):
        clock.move_to(now + days * DAY)
        is_open = (now + days * DAY).date() <= last_date(lesson)
        page = client.get(page_of(alice, now)).content.decode()
        assert ("use the buttons in the mail of this day" in page) is is_open, days
        assert "/check-in/" not in page
    assert not is_open


def test_who_has_left_may_read_and_still_reaches_the_coach(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    leave(alice.pk, Event.Actor.RUNNER, now)

    page = client.get(page_of(alice, now)).content.decode()
    assert "day-title" in page
    assert "buttons in the mail" not in page
    assert "one answer comes by mail" in page
    assert client.post(page_of(alice, now), {"text": "Numb between my legs. Why?"}).status_code == 302
    asked = Message.objects.get()
    assert on_the_desk() == ["escalation", "hold", "message"]

    coach = User.objects.create_user("sam@example.com", is_staff=True)
    answer(asked.pk, coach, "Please go to an emergency department now.", now)
    page = client.get(page_of(alice, now)).content.decode()
    assert "no second one comes by mail" in page
    assert client.post(page_of(alice, now), {"text": "They kept me for a night."}).status_code == 302
    assert "The answer comes by mail." not in client.get(f"{page_of(alice, now)}?asked").content.decode()
    assert Message.objects.filter(direction="in").count() == 2


def test_thanks_are_for_the_runner_s_question_about_this_day(
    client: Client, alice: Any, bob: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    thanked = f"{page_of(alice, now)}?asked"
    Message.objects.create(enrollment=bob, day=1, text="Why?", at=now)
    Message.objects.create(enrollment=alice, day=2, text="Why?", at=now)
    assert b"your question is kept" not in client.get(thanked).content

    client.post(page_of(alice, now), {"text": "Why?"})
    assert b"your question is kept" in client.get(thanked).content
    clock.move_to(now + DAY)
    assert b"your question is kept" not in client.get(thanked).content


def test_looking_changes_nothing_and_stays_private(
    client: Client, alice: Any, go: Go, clock: Any, now: datetime
) -> None:
    go(now)
    before = whole_database()
    for _ in range(3):
        answer = client.get(page_of(alice, now))
        assert client.head(page_of(alice, now)).status_code == 200

    assert whole_database() == before
    assert b'name="robots" content="noindex"' in answer.content
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies.output() == ""
