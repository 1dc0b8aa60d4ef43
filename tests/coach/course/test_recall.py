"""A recall at the desk: the page says what it does, it is done after a yes, and it is done once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from challenge.coach.course import recalls
from challenge.curriculum.recall import days_that_name
from challenge.delivery.corrections import correct
from challenge.models import Day, Delivery, Message, Program, Recall, Revision, Stretch
from tests.support.desk import DeskItem, logged, said
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together
from tests.support.visitor import body

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
WHY = "It asks more of the back than we thought. **Leave it out**, and [ask me](https://example.org/ask)."


@pytest.fixture
def first(coach: Client, program: Program) -> DeskItem:
    shown = Day.objects.get(number=1).published
    assert shown is not None
    return DeskItem(coach, Stretch.objects.get(slug=shown.content["day"]["stretches"][0]))


@pytest.fixture
def other(first: DeskItem) -> Stretch:
    return Stretch.objects.get(slug="childs-pose-side-reach")


def recall(desk: DeskItem, instead: Stretch | None, **changes: Any) -> Any:
    form = {"replacement": instead.pk if instead else "", "message": WHY, "sure": "on", **changes}
    form = {name: value for name, value in form.items() if value is not None}
    return desk.client.post(desk.item.address("recall"), form, follow=True)


def test_the_page_says_what_it_does(
    first: DeskItem, trio: list[Any], enroll: Any, go: Go, now: datetime
) -> None:
    go(now)
    enroll("dora", now=now + timedelta(days=1))
    days = first.instance.program.days.filter(published__stretches=first.instance).values_list(
        "number", flat=True
    )

    page = first.get("recall")

    text = said(page)
    assert f"Shown on day {', '.join(map(str, days))} Runners who were sent it 3" in text
    offered = page.context["form"].fields["replacement"].queryset
    assert first.instance not in offered
    assert "self_check" not in {stretch.kind for stretch in offered}


def test_the_page_names_the_days_whose_words_speak_of_it(coach: Client, program: Program) -> None:
    rest = Stretch.objects.get(slug="constructive-rest")
    revision = Revision.objects.get(day__number=19)
    revision.content["body"] += "\n\nThen constructive rest."
    revision.save()
    speaking = days_that_name(rest)
    assert 19 in speaking
    page = coach.get(f"/coach/challenge/stretch/{rest.pk}/recall/").content.decode()
    assert f"these days name it: {', '.join(map(str, speaking))}." in page


def test_a_yes_takes_it_out_and_tells_those_who_got_it(
    first: DeskItem,
    other: Stretch,
    trio: list[Any],
    sink: SmtpServer,
    go: Go,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nudged: list[Any] = []
    monkeypatch.setattr(recalls, "nudge", nudged.append)
    go(now)
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        page = recall(first, other)
        assert correct(now + timedelta(hours=2)) == 3
        go(now + timedelta(hours=2))
        assert correct(now + timedelta(hours=3)) == 0
        editor = first.get()

    assert f"{first.instance} is recalled. 3 runners get a correction, once each." in said(page)
    assert [task.name for task in nudged] == ["challenge.tasks.correct"]
    corrections = [mail for mail in sink.mails if "leave out" in mail["Subject"]]
    assert sorted(mail["To"] for mail in corrections) == [
        "alice@example.com", "bob@example.com", "charlie@example.com",
    ]  # fmt: skip
    assert "Leave it out, and ask me (https://example.org/ask)." in " ".join(body(corrections[0]).split())
    assert Recall.objects.get().recalled_by.email == "coach@example.com"
    assert logged() == [("recalled", {})]
    assert "3 corrections were queued or sent" in said(editor)


def test_the_list_marks_it_and_the_days_no_longer_offer_it(first: DeskItem, other: Stretch) -> None:
    recall(first, other)

    assert f"instead: {other}" in said(first.client.get("/coach/challenge/stretch/"))
    day = DeskItem(first.client, Day.objects.get(number=1))
    assert first.instance.slug not in dict(day.get().context["form"].fields["stretch_1"].choices)
    assert day.instance.published.origin == "recall"


def test_without_a_replacement_the_days_that_need_one_are_named(first: DeskItem) -> None:
    page = recall(first, None)

    assert page.status_code == 422
    assert "Choose a stretch to do instead: without one these days would have none: 1" in said(page)
    assert not first.instance.recalled_at
    assert not Recall.objects.exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"message": ""}, "Line 1: This is empty."),
        ({"message": "Fine.\n\n<script>alert(1)</script>"}, "Line 3: Leave out HTML such as <script>"),
        ({"message": "Hello {first_name}, stop."}, "{first_name} stays as it is here"),
        ({"message": "x" * 2001}, "Too long: 2,001 characters"),
        ({"message": "a\x00b"}, "can't be kept"),
        ({"sure": None}, "Tick this to say that you mean it"),
        ({"replacement": "999999"}, "Select a valid choice"),
        ({"replacement": "9" * 40}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    first: DeskItem, other: Stretch, changes: dict[str, Any], reason: str
) -> None:
    page = recall(first, other, **changes)

    assert page.status_code == 422
    assert reason in said(page)
    assert not first.instance.recalled_at


def test_it_is_not_replaced_by_itself_nor_by_what_was_recalled(first: DeskItem, other: Stretch) -> None:
    assert "Select a valid choice" in said(recall(first, first.instance))
    recall(first, other)
    third = DeskItem(first.client, Stretch.objects.get(slug="leg-swings"))
    assert "Select a valid choice" in said(recall(third, first.instance))


def test_a_second_yes_does_nothing_and_says_so(first: DeskItem, other: Stretch) -> None:
    recall(first, other)

    page = recall(first, other)

    assert "was recalled already; nothing was done twice" in said(page)
    assert Recall.objects.count() == 1
    assert "was recalled already" in said(first.client.get(first.item.address("recall"), follow=True))


@pytest.mark.django_db(transaction=True)
def test_two_yeses_at_the_same_instant_recall_once(first: DeskItem, other: Stretch) -> None:
    form = {"replacement": other.pk, "message": WHY, "sure": "on"}
    address = first.item.address("recall")

    def click() -> None:
        client = Client()
        client.cookies = first.client.cookies
        assert client.post(address, form).status_code == 302

    together(click, click)

    assert Recall.objects.count() == 1


def test_the_ledger_and_the_timeline_name_the_correction(
    first: DeskItem, other: Stretch, alice: Any, go: Go, now: datetime
) -> None:
    go(now)
    with time_machine.travel(now, tick=False):
        recall(first, other)
    first.client.force_login(User.objects.get(email="coach@example.com"))
    correct(now)
    Message.objects.create(enrollment=alice, day=1, text="Is <this> right?", at=now)

    story = said(first.client.get(f"/coach/challenge/enrollment/{alice.pk}/change/"))

    assert f"Mail Correction: {first.instance}: queued" in story
    assert "sent again" not in story
    assert "Question Asked about day 1 Is <this> right?" in story
    assert f"Correction: {first.instance} Alice queued" in said(
        first.client.get("/coach/challenge/delivery/")
    )
    delivery = Delivery.objects.get(kind="correction")
    page = first.client.get(f"/coach/challenge/delivery/{delivery.pk}/change/")
    assert f"Correction: {first.instance}" in said(page)


def test_the_self_check_is_recalled_without_a_replacement(coach: Client, program: Program) -> None:
    check = DeskItem(coach, Stretch.objects.get(kind="self_check"))

    page = recall(check, None)

    assert "Three-minute self-check is recalled." in said(page)
    assert "THREE-MINUTE" not in Day.objects.get(number=7).published.text  # type: ignore[union-attr]
