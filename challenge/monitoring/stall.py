"""The stall: mail is due, and none was sent for a quarter of an hour."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from challenge.models import Alarm, Delivery, Enrollment, Limit
from challenge.models.attempt import Outcome
from challenge.models.conditions import is_in
from challenge.models.limit import ALL
from challenge.monitoring.statistics import NEXT_TRY, overdue
from challenge.monitoring.wording import AlarmText

STALL = timedelta(minutes=15)
# When one recipients' server defers fewer mails than this, it is no stall.
FEW = 5
# Mail that left in the last minutes was due in the last day, unless an outage delayed it for longer.
LOOK_BACK = timedelta(days=1)


def stall(now: datetime) -> AlarmText | None:
    """Return how much mail stands still; None when mail moves."""
    since, count = _overdue(now)
    if since is None or _sent_since(now - STALL, now):
        return None
    minutes = int(STALL.total_seconds()) // 60
    return AlarmText(Alarm.Code.STALL, {"count": count, "since": since.isoformat(), "minutes": minutes})


def moves_again(since: datetime, now: datetime) -> bool:
    """Return whether a stall that began at an instant is over: a mail was sent, or none waits any more. Mail
    that only missed its window, in the evening of a day without sending, is neither."""
    waits = Delivery.objects.filter(is_in(*Delivery.WAITING), try_at__lte=now + NEXT_TRY)
    return _sent_since(since, now) or not (waits.exists() or _unplanned(now).exists())


def _overdue(now: datetime) -> tuple[datetime | None, int]:
    """Return since when mail is overdue, and how much; (None, 0) for none or a few that one server defers."""
    late = [_allowed(overdue(now, now - STALL), now), _forgotten(now)]
    first = [each for some in late for each in some.only("due_at", "domain", "attempts")[:FEW]]
    unplanned = _unplanned(now - STALL)
    since = unplanned.order_by("next_due_at").values_list("next_due_at", flat=True).first()
    if since is None and (not first or _only_put_off(first)):
        return None, 0
    due = [delivery.due_at for delivery in first] + ([since] if since else [])
    return min(due), sum(some.count() for some in late) + unplanned.count()


def _allowed(some: QuerySet[Delivery], now: datetime) -> QuerySet[Delivery]:
    """Exclude the mail of a lane whose warm-up allows no more mail today."""
    used_up = [limit.domain for limit in Limit.objects.all() if limit.is_used_up(now)]
    return some.none() if ALL in used_up else some.exclude(domain__in=used_up)


def _forgotten(now: datetime) -> QuerySet[Delivery]:
    """Select the mail of senders that died, which nobody has requeued."""
    return Delivery.objects.filter(is_in(Delivery.State.SENDING), leased_until__lte=now - STALL)


def _unplanned(now: datetime) -> QuerySet[Enrollment]:
    """Select runners whose lesson is due and not in the ledger yet."""
    return Enrollment.objects.filter(state=Enrollment.State.ACTIVE, next_due_at__lte=now)


def _only_put_off(first: list[Delivery]) -> bool:
    one_domain = len({delivery.domain for delivery in first}) <= 1
    put_off = all(
        delivery.attempts and delivery.attempts[-1]["outcome"] == Outcome.DEFERRED for delivery in first
    )
    return len(first) < FEW and one_domain and put_off


def _sent_since(instant: datetime, now: datetime) -> bool:
    # Newest first: while mail moves, the first row that is read is the answer.
    newest = Delivery.objects.filter(due_at__gte=now - LOOK_BACK).order_by("-due_at")
    return newest.filter(sent_at__gt=instant).values("pk").first() is not None
