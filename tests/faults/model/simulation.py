"""A run of the model: its own database state, and workers that do what falls due when it does."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from challenge.delivery.plan import plan
from challenge.delivery.rescue import close, rescue
from challenge.delivery.throttle import circuit_breaker, lanes
from challenge.models import Delivery, Enrollment, Limit, MailRequest, SafetyRules, Suppression
from tests.faults.model.server import ScriptedServer

BEAT = timedelta(seconds=30)
NEVER = datetime.max.replace(tzinfo=UTC)
COACHES = ("coach@coaches.example", "colleague@coaches.example")
SECOND_CONTACT = "partner@second.example"
# The place of pain after which lessons go on without exercise in a run.
WORDS_ONLY = "down_a_leg"
TOLD_AGAIN = timedelta(days=2)


@contextmanager
def isolated_run(now: datetime) -> Iterator[None]:
    """Leave nothing of a run in the database and in this process. On SQLite a run is one transaction, rolled
    back, which costs least. PostgreSQL records results on another connection, so the rows are deleted."""
    circuit_breaker.memory = circuit_breaker.Memory()
    lanes.read(now)
    if connection.vendor == "postgresql":
        _hire_coaches()
        yield
        User.objects.filter(is_staff=False).delete()
        User.objects.filter(email__in=COACHES).delete()
        for model in (SafetyRules, Suppression, MailRequest, Limit):
            model._default_manager.all().delete()
    else:
        with transaction.atomic():
            _hire_coaches()
            yield
            transaction.set_rollback(True)


def _hire_coaches() -> None:
    """Set up who is told of a danger, how often, and a rule after which the words go on."""
    for address in COACHES:
        User.objects.create(email=address, first_name="Jane", is_staff=True)
    again = TOLD_AGAIN // timedelta(minutes=1)
    SafetyRules.objects.create(
        pk=1,
        words_only=[f"hold_{WORDS_ONLY}"],
        remind_after=again,
        second_contact=SECOND_CONTACT,
        second_after=again,
    )


class Chore(Protocol):
    """What a worker does besides mail, and when there is next something to do."""

    @property
    def next_at(self) -> datetime: ...

    def do(self, now: datetime) -> None: ...


def work_until(server: ScriptedServer, end: datetime, chores: Sequence[Chore]) -> None:
    """Let time pass with everything running."""
    close(server.now)
    while True:
        lease, lesson, mail = _first_lease(), _first_lesson(), _first_mail(server.now)
        first = min(lease, lesson, mail, *(chore.next_at for chore in chores))
        if first > end:
            break
        server.now = max(server.now + BEAT, first)
        for chore in chores:
            if chore.next_at <= server.now:
                chore.do(server.now)
        if lease <= server.now:
            rescue(server.now)
        if lesson <= server.now:
            plan(server.now)
        server.send_due()
    server.now = max(end, server.now)


def _first_lease() -> datetime:
    held = Delivery.objects.filter(state=Delivery.State.SENDING).order_by("leased_until")
    return held.values_list("leased_until", flat=True).first() or NEVER


def _first_lesson() -> datetime:
    due = Enrollment.objects.filter(next_due_at__isnull=False).order_by("next_due_at")
    return due.values_list("next_due_at", flat=True).first() or NEVER


def _first_mail(now: datetime) -> datetime:
    """Return when the first is due of what a sender may claim."""
    waiting = Delivery.objects.filter(state__in=Delivery.WAITING, closes_at__gt=now)
    return (
        waiting.filter(closes_at__gt=F("try_at")).order_by("try_at").values_list("try_at", flat=True).first()
        or NEVER
    )
