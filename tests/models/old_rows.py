"""The rows of an installation that was brought up to date time and again, as each version wrote them."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.apps.registry import Apps

STRETCH = """+++
slug = "rest"
title = "Rest"
minutes = 5
+++
1. Lie down.
"""
DAY = """+++
number = 1
title = "Hello"
minutes = 5
stretches = ["rest"]
self_check = false
+++
Welcome.
"""
HISTORY = UUID(int=21)
REFUSED = "12 mails were refused in a row, the last with: 450 4.7.1 too fast"


def runner(old: Apps, name: str, now: datetime, **fields: Any) -> Any:
    """Make an enrollment for the program that everybody takes but Nora."""
    person = old.get_model("accounts", "User").objects.create(
        email=f"{name}@example.com", first_name=name.capitalize()
    )
    place = {
        "program": old.get_model("challenge", "Program").objects.get(slug="reset-21"),
        "state": "active",
        "starts_on": now.date(),
        "send_at": time(7),
        "time_zone": "Europe/London",
        "created_at": now,
    }
    return old.get_model("challenge", "Enrollment").objects.create(runner=person, **{**place, **fields})


def program(old: Apps, slug: str, days: dict[int, list[datetime]]) -> Any:
    """Make a program whose days have versions from these instants."""
    program = old.get_model("challenge", "Program").objects.create(slug=slug, title="Reset", length=9)
    words = {"subject": "s", "text": "t", "html": "h", "digest": "d", "title": "Hello"}
    for number, published in days.items():
        day = old.get_model("challenge", "Day").objects.create(program=program, number=number)
        for version, at in enumerate(published, 1):
            day.published = old.get_model("challenge", "Revision").objects.create(
                day=day, number=version, minutes=5, source=DAY, published_at=at, **words
            )
        day.save()
    return program


def of_the_first_version(old: Apps, now: datetime) -> None:
    """Alice got day 1; Nora did in a program in which a day changed since."""
    taught = program(old, "reset-21", {1: [now], 2: [now]})
    old.get_model("challenge", "Stretch").objects.create(
        program=taught, slug="rest", title="Rest", minutes=5, source=STRETCH
    )
    changed = program(old, "changed", {9: [now - timedelta(days=9), now + timedelta(days=1)]})
    begun = [runner(old, "alice", now), runner(old, "nora", now, program=changed)]
    for enrollment in begun:
        old.get_model("challenge", "Delivery").objects.create(
            enrollment=enrollment, kind="lesson", day=1, due_at=now, try_at=now
        )


def of_0010(old: Apps, now: datetime) -> None:
    """Sending is held back and slowed down, an alarm is out, and the ledger holds sentences, not codes."""
    row = {"history": HISTORY, "looks": 7, "looked_at": now, "place": "7/5", "reason": "older"}
    old.get_model("challenge", "Hold").objects.create(held_since=now, ran_until=now, **row)
    limits = old.get_model("challenge", "Limit").objects
    limits.create(domain="", per_second=5, resting_until=now, rests=2, reason=REFUSED)
    limits.create(domain="example.com", reason="Es ging nicht.")
    limits.create(domain="example.net")
    old.get_model("challenge", "Alarm").objects.create(
        kind="stall", sentence="100 % stand still.", since=now, told_at=now
    )
    carol = runner(old, "carol", now, pinned_at=now, next_due_at=now + timedelta(days=2))
    old.get_model("accounts", "Consent").objects.create(
        user=carol.runner, purpose="mail", asked_at=now, given_at=now
    )
    row = partial(old.get_model("challenge", "Delivery").objects.create, due_at=now, try_at=now)
    refused = "The mail server refused it: 550 5.7.1 100% no"
    row(enrollment=carol, kind="lesson", day=1, state="sent", sent_at=now, domain="example.com")
    row(enrollment=carol, kind="lesson", day=2, state="suppressed", reason="It waits for the new hour.")
    row(enrollment=carol, kind="links", state="failed", reason=refused)
    row(enrollment=carol, kind="goodbye", state="failed", reason="Es ging nicht.")
    bob = runner(old, "bob", now, state="pending")
    row(enrollment=bob, kind="reminder", closes_at=now + timedelta(days=7))
    event = partial(old.get_model("challenge", "Event").objects.create, enrollment=carol, at=now)
    for detail in ("06:30 Europe/London", "Three mails in a row came back.", "Wer weiß."):
        event(kind="rescheduled", actor="system", detail=detail)


def of_0017(old: Apps, now: datetime) -> None:
    """Dora got day 1, and Emil has paused: their links hold the numbers of their rows."""
    dora = runner(old, "dora", now, confirmed_at=now)
    old.get_model("challenge", "Delivery").objects.create(
        enrollment=dora,
        kind="lesson",
        day=1,
        state="sent",
        domain="example.com",
        revision=old.get_model("challenge", "Revision").objects.get(day__program=dora.program, day__number=1),
        **dict.fromkeys(("due_at", "try_at", "sent_at"), now),
    )
    runner(old, "emil", now, state="paused")


ROWS = {"0001_initial": of_the_first_version, "0010_fewer_indexes": of_0010, "0017_alarm_codes": of_0017}
