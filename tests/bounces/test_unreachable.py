"""A runner whose mail bounces is unreachable on the coach's desk, with the reason, and not gone quiet."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from challenge.checkins.record import CheckInData, record
from challenge.enrollment import transitions
from challenge.inbound.bounce_mail import receive
from challenge.mail.links import return_path
from challenge.models import Delivery, Enrollment, Event, Suppression
from tests.support.desk import names, said
from tests.support.returned_mails import FULL, complaint, dsn

pytestmark = pytest.mark.django_db

Go = Callable[[datetime], None]
LIST = "/coach/challenge/enrollment/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(
    coach: Client, enroll: Callable[..., Enrollment], go: Go, now: datetime, clock: Any, settings: Any
) -> Client:
    """Day 5: Dana's address is gone, Fay's mailbox is full, Carol complained, Quinn says nothing and Alice
    checks in."""
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    names = ("alice", "carol", "dana", "fay", "quinn")
    runners = {name: enroll(name) for name in names}
    for day in range(5):
        go(now + day * DAY)
    for day in range(1, 4):
        receive(_dsn(runners["fay"], day, "5.2.2", FULL), [], now + 3 * DAY)
    receive(_dsn(runners["dana"], 2, "5.1.1", "smtp; 550 5.1.1 unknown"), [], now + 3 * DAY)
    fields = f"Original-Mail-From: <{_path(runners['carol'])}>\n"
    receive(complaint(b"Subject: Day 1\r\n\r\n", extra=fields), [], now + 3 * DAY)
    record(runners["alice"].pk, 4, CheckInData("done"), now + 4 * DAY - HOUR)
    clock.move_to(now + 4 * DAY)
    return coach


def _mail(enrollment: Enrollment, day: int) -> Delivery:
    return Delivery.objects.get(enrollment=enrollment, kind="lesson", day=day)


def _path(enrollment: Enrollment) -> str:
    return return_path(_mail(enrollment, 1).pk)


def _dsn(enrollment: Enrollment, day: int, status: str, diagnostic: str) -> bytes:
    return dsn(_mail(enrollment, day), status, diagnostic, recipient=enrollment.runner.email)


def row(client: Client, name: str) -> str:
    page = unescape(client.get(LIST).content.decode())
    found = next(part for part in page.split("<tr>") if f">{name}</bdi>" in part)
    return re.sub(r"<[^>]+>|\s+", " ", found)


def page_of(client: Client, name: str) -> str:
    pk = Enrollment.objects.get(runner__first_name=name).pk
    return said(client.get(f"{LIST}{pk}/change/"))


def test_the_list_says_unreachable_and_why(desk: Client) -> None:
    assert "Unreachable, day 5 of 21 the address refuses mail" in re.sub(" +", " ", row(desk, "Dana"))
    assert "Unreachable, day 5 of 21 three mails in a row came back" in re.sub(" +", " ", row(desk, "Fay"))
    assert "Unreachable" not in row(desk, "Quinn")
    assert "Active, day 5 of 21" in row(desk, "Alice")


def test_who_is_unreachable_is_found_and_never_counts_as_quiet(desk: Client) -> None:
    # As after a resume by an old link, while the address is still on the list.
    Enrollment.objects.filter(runner__first_name__in=["Dana", "Carol"]).update(state="active")

    assert set(names(desk, "quiet=3")) == {"Quinn"}
    assert set(names(desk, "reach=no")) == {"Dana", "Fay"}
    assert names(desk, "reach=address") == ["Dana"]
    assert names(desk, "reach=returned") == ["Fay"]
    assert set(names(desk, "reach=nonsense")) == {"Alice", "Carol", "Dana", "Fay", "Quinn"}


def test_they_stand_between_what_hurts_and_who_is_quiet(desk: Client) -> None:
    order = names(desk)
    assert set(order[:2]) == {"Dana", "Fay"}
    assert order[2] == "Quinn"


def test_the_desk_leads_to_them_and_the_view_can_be_saved(desk: Client) -> None:
    assert f'href="{LIST}?reach=no"' in desk.get("/coach/").content.decode()
    desk.post(f"{LIST}filters/", {"name": "Call them", "query": "reach=no"})
    assert f"{LIST}?reach=no" in desk.get(LIST).content.decode()


def test_the_strip_tells_what_came_back_from_what_was_not_answered(desk: Client) -> None:
    page = desk.get(LIST).content.decode()
    strips = dict(re.findall(r'class="runner"[^>]*><bdi>([^<]*)<.*?aria-label="([^"]*)"', page, re.DOTALL))
    assert strips["Fay"].startswith("days 1 to 3 came back; days 4 to 5 sent, no check-in;")
    assert strips["Dana"].startswith("day 1 sent, no check-in; day 2 came back;")
    assert strips["Quinn"].startswith("days 1 to 5 sent, no check-in;")


def test_the_story_lists_what_came_back(desk: Client) -> None:
    dana, fay, carol = (page_of(desk, name) for name in ("Dana", "Fay", "Carol"))
    assert "Return Lesson 2: bounced 5.1.1 smtp; 550 5.1.1 unknown Told by a report by mail." in dana
    assert "Paused by the system The address refuses mail." in dana
    assert "Unreachable The address refuses mail" in dana
    assert fay.count("bounced 5.2.2") == 3
    assert "Paused as unreachable by the system Three mails in a row came back." in fay
    assert "Return Lesson 1: marked as spam abuse Told by a complaint by mail." in carol
    assert "Paused by the system The runner marked a mail as spam." in carol


def test_once_the_coach_has_set_it_right_the_runner_is_reachable(desk: Client, now: datetime) -> None:
    for name in ("Dana", "Fay"):
        pk = Enrollment.objects.get(runner__first_name=name).pk
        assert transitions.resume(pk, Event.Actor.COACH, now + 4 * DAY)
    assert names(desk, "reach=no") == ["Dana"], "the address is still on the list"

    Suppression.objects.filter(reason="bounced").delete()
    assert names(desk, "reach=no") == []
    # A later pause by the runner is only a pause.
    fay = Enrollment.objects.get(runner__first_name="Fay")
    assert transitions.pause(fay.pk, transitions.PauseCause.RUNNER, now + 4 * DAY + HOUR)
    assert names(desk, "reach=no") == []


def test_it_costs_the_same_however_much_came_back(desk: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        desk.get(f"{LIST}?reach=no")
    few = len(captured)
    with CaptureQueriesContext(connection) as captured:
        desk.get(LIST)
    assert len(captured) == few <= 25
