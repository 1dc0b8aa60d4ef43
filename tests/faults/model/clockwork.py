"""Beat and the workers, for a model: what falls due is done, at the instants at which it falls due."""

from datetime import UTC, datetime, timedelta

from django.db.models import F

from challenge.delivery.plan import plan
from challenge.delivery.rescue import close, rescue
from challenge.models import Delivery, Enrollment
from tests.faults.model.server import Server

BEAT = timedelta(seconds=30)
NEVER = datetime.max.replace(tzinfo=UTC)


def work_until(server: Server, end: datetime) -> None:
    """Let time pass with everything running."""
    close(server.now)
    while True:
        lease, lesson, mail = _first_lease(), _first_lesson(), _first_mail(server.now)
        if min(lease, lesson, mail) > end:
            break
        server.now = max(server.now + BEAT, min(lease, lesson, mail))
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
    """Of what a sender may claim."""
    waiting = Delivery.objects.filter(state__in=Delivery.WAITING, closes_at__gt=now)
    return (
        waiting.filter(closes_at__gt=F("try_at")).order_by("try_at").values_list("try_at", flat=True).first()
        or NEVER
    )
