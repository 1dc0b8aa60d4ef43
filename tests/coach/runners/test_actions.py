"""The coach's actions on runners, from the list and from a runner's page, some after a confirmation."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Consent, User
from challenge.coach.runners import action_views
from challenge.models import Delivery, Enrollment, Event
from tests.support.desk import logged

pytestmark = pytest.mark.django_db
LIST = "/coach/challenge/enrollment/"
ACTION = f"{LIST}move/"


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def coach(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("coach@example.com", "x"))
    return client


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []
    monkeypatch.setattr(action_views, "nudge", asked.append)
    return asked


def got(enrollment: Enrollment, day: int, at: datetime, **fields: Any) -> Delivery:
    values = {"state": "sent", "sent_at": at, **fields}
    return Delivery.objects.queue(
        enrollment=enrollment, kind="lesson", day=day, due_at=at, try_at=at, **values
    )


def choose(client: Client, action: str, *enrollments: Enrollment, query: str = "", **fields: str) -> Any:
    chosen = [str(each.pk) for each in enrollments]
    form = {"action": action, "_selected_action": chosen, **fields}
    return client.post(f"{LIST}?{query}", form, follow=True)


def state(enrollment: Enrollment) -> str:
    return Enrollment.objects.get(pk=enrollment.pk).state


def test_pause_and_resume_many_and_say_who_was_not(
    coach: Client, alice: Enrollment, bob: Enrollment, enroll: Callable[..., Enrollment]
) -> None:
    done = enroll("dora", state="completed")

    page = choose(coach, "pause", alice, bob, done).content.decode()

    assert (state(alice), state(bob), state(done)) == ("paused", "paused", "completed")
    assert (
        "Paused: \u2068Alice\u2069 &lt;alice@example.com&gt;, \u2068Bob\u2069 &lt;bob@example.com&gt;."
        in page
    )
    assert "Pause, not done: \u2068Dora\u2069 &lt;dora@example.com&gt; (is completed)." in page
    assert {event.actor for event in Event.objects.filter(kind="paused")} == {"coach"}
    assert logged() == [("paused", {}), ("paused", {})]

    page = choose(coach, "resume", alice, done).content.decode()

    assert (state(alice), state(bob)) == ("active", "paused")
    assert "Resumed: \u2068Alice" in page
    assert "\u2068Dora\u2069 &lt;dora@example.com&gt; (is completed)" in page


def test_the_list_keeps_its_filters_after_an_action(coach: Client, alice: Enrollment) -> None:
    page = choose(coach, "pause", alice, query="state__exact=active")

    assert page.redirect_chain[-1][0] == f"{LIST}?state__exact=active"


def test_withdraw_asks_first(coach: Client, alice: Enrollment, enroll: Callable[..., Enrollment]) -> None:
    gone = enroll("gone", state="withdrawn")

    page = choose(coach, "withdraw", alice, gone, query="q=example")

    assert state(alice) == "active"
    text = page.content.decode()
    assert "it can&#x27;t be undone" in text
    assert "\u2068Alice\u2069 &lt;alice@example.com&gt;" in text
    assert "\u2068Gone\u2069 &lt;gone@example.com&gt;: is withdrawn" in text
    assert f'name="ids" value="{alice.pk}"' in text

    form = {"move": "withdraw", "ids": str(alice.pk), "sure": "yes", "query": "q=example"}
    answer = coach.post(ACTION, form)

    assert answer["Location"] == f"{LIST}?q=example"
    assert state(alice) == "withdrawn"
    assert Event.objects.get(enrollment=alice, kind="withdrawn").actor == "coach"
    assert not Consent.objects.filter(user=alice.runner, purpose="mail", withdrawn_at=None).exists()


def test_send_again_says_who_gets_which_day_and_asks(
    coach: Client,
    alice: Enrollment,
    bob: Enrollment,
    charlie: Enrollment,
    enroll: Callable[..., Enrollment],
    nudged: list[Any],
    now: datetime,
) -> None:
    paused, waiting = enroll("dora", state="paused"), enroll("emil")
    for day in (1, 2):
        got(alice, day, now - timedelta(days=3 - day))
    got(bob, 1, now - timedelta(days=1))
    got(waiting, 1, now - timedelta(days=1))
    got(waiting, 1, now, copy=1, state="queued", sent_at=None)
    everyone = (alice, bob, charlie, paused, waiting)

    text = choose(coach, "send_again", *everyone).content.decode()

    assert "\u2068Alice\u2069 &lt;alice@example.com&gt;: gets day 2 again" in text
    assert "\u2068Bob\u2069 &lt;bob@example.com&gt;: gets day 1 again" in text
    assert "\u2068Charlie\u2069 &lt;charlie@example.com&gt;: no lesson was sent yet" in text
    assert "\u2068Dora\u2069 &lt;dora@example.com&gt;: is paused" in text
    assert "\u2068Emil\u2069 &lt;emil@example.com&gt;: day 1 is on its way already" in text
    assert not Delivery.objects.filter(copy=1).exclude(enrollment=waiting).exists()
    assert nudged == []

    ids = ",".join(str(each.pk) for each in everyone)
    page = coach.post(ACTION, {"move": "send_again", "ids": ids, "sure": "yes"}, follow=True)

    copies = Delivery.objects.filter(copy=1).exclude(enrollment=waiting)
    assert {(each.enrollment_id, each.day, each.state) for each in copies} == {
        (alice.pk, 2, "queued"),
        (bob.pk, 1, "queued"),
    }
    assert [task.name for task in nudged] == ["challenge.tasks.send"]
    text = page.content.decode()
    assert "Queued once more: \u2068Alice" in text
    assert "\u2068Charlie\u2069 &lt;charlie@example.com&gt; (no lesson was sent yet)" in text


def test_all_pages_together_are_asked_for_one_by_one(
    coach: Client, alice: Enrollment, bob: Enrollment
) -> None:
    text = choose(coach, "withdraw", alice, select_across="1").content.decode()

    assert f'name="ids" value="{alice.pk},{bob.pk}"' in text


def test_the_buttons_of_one_runner(coach: Client, alice: Enrollment, now: datetime) -> None:
    page = f"{LIST}{alice.pk}/change/"
    assert 'name="move" value="pause"' in coach.get(page).content.decode()

    answer = coach.post(ACTION, {"move": "pause", "ids": alice.pk, "from_runner": "yes"})

    assert (answer["Location"], state(alice)) == (page, "paused")
    buttons = coach.get(page).content.decode()
    assert 'value="resume"' in buttons
    assert 'value="pause"' not in buttons
    assert 'value="send_again"' not in buttons

    asked = coach.post(ACTION, {"move": "withdraw", "ids": alice.pk, "from_runner": "yes"}).content.decode()
    assert state(alice) == "paused"
    assert f'href="{page}" class="button cancel-link"' in asked


def test_reading_changes_nothing(coach: Client, alice: Enrollment, now: datetime) -> None:
    got(alice, 1, now - timedelta(days=1))
    before = list(Enrollment.objects.values()), list(Delivery.objects.values()), Event.objects.count()

    for form in ({"move": "pause", "ids": alice.pk}, {"move": "withdraw", "ids": alice.pk, "sure": "yes"}):
        assert coach.get(ACTION, form).status_code == 405
        assert coach.head(ACTION, form).status_code == 405
    assert coach.post(f"{LIST}{alice.pk}/change/", {"state": "withdrawn"}).status_code == 405
    hour = {"send_at": "05:00", "time_zone": "UTC"}
    for address in (LIST, f"{LIST}{alice.pk}/change/", f"{LIST}{alice.pk}/hour/"):
        assert coach.get(address, hour if "hour" in address else {}).status_code == 200

    after = list(Enrollment.objects.values()), list(Delivery.objects.values()), Event.objects.count()
    assert after == before


@pytest.mark.parametrize(
    "form",
    [{"move": "erase", "ids": "1"}, {"move": "pause", "ids": "x"}, {"ids": "1"}, {"move": "pause"}],
)
def test_an_action_that_makes_no_sense_is_not_found(coach: Client, form: dict[str, str]) -> None:
    assert coach.post(ACTION, form).status_code == 404


def test_ids_of_nobody_do_nothing(coach: Client, alice: Enrollment) -> None:
    answer = coach.post(ACTION, {"move": "pause", "ids": f"999999999999999999,{'9' * 40}"})

    assert answer.status_code == 302
    assert state(alice) == "active"


def test_an_action_needs_the_form_of_the_desk(alice: Enrollment) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("coach@example.com", "x"))

    assert client.post(ACTION, {"move": "pause", "ids": alice.pk}).status_code == 403
    assert state(alice) == "active"


def test_change_the_hour_and_zone(coach: Client, alice: Enrollment) -> None:
    address = f"{LIST}{alice.pk}/hour/"

    refused = coach.post(address, {"send_at": "06:10", "time_zone": "Europe/London"}).content.decode()
    assert "full quarter of an hour" in refused
    assert coach.post(address, {"send_at": "06:15", "time_zone": "Mars/Base"}).status_code == 200
    alice.refresh_from_db()
    assert alice.send_at == time(7)

    answer = coach.post(address, {"send_at": "18:45", "time_zone": "Pacific/Auckland"})

    assert answer["Location"] == f"{LIST}{alice.pk}/change/"
    alice.refresh_from_db()
    assert (alice.send_at, alice.time_zone) == (time(18, 45), "Pacific/Auckland")
    event = Event.objects.get(enrollment=alice, kind="rescheduled")
    assert (event.actor, event.says) == ("coach", "18:45 Pacific/Auckland")


def test_nobody_is_added_or_deleted_by_hand(coach: Client, alice: Enrollment) -> None:
    assert coach.get(f"{LIST}add/").status_code == 403
    assert coach.post(f"{LIST}{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    page = choose(coach, "delete_selected", alice, post="yes")
    assert page.status_code == 200
    assert Enrollment.objects.filter(pk=alice.pk).exists()
