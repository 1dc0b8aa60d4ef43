"""Whether mail stands still: some is due, and none was sent for a quarter of an hour."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from challenge.delivery.throttle.lanes import ALL
from challenge.models import Delivery, Enrollment, Limit
from challenge.models.attempt import Outcome
from challenge.models.conditions import is_in
from challenge.monitoring.statistics import NEXT_TRY, overdue

STALL = timedelta(minutes=15)
# Fewer mails than this that one recipients' server puts off are its own affair.
FEW = 5
# What left in the last minutes was due in the last day, but for mail that an outage held up for longer.
LOOK_BACK = timedelta(days=1)


def stall(now: datetime) -> str:
    """What stands still, in a sentence; empty when nothing does."""
    since, count = _overdue(now)
    if since is None or _sent_since(now - STALL, now):
        return ""
    said = ngettext(
        "One mail has been due since %(time)s, and none has been sent for %(minutes)d minutes.",
        "%(count)d mails have been due since %(time)s, and none has been sent for %(minutes)d minutes.",
        count,
    )
    minutes = STALL.total_seconds() // 60
    time = date_format(timezone.localtime(since), "D j M, H:i T")
    return said % {"count": count, "time": time, "minutes": minutes}


def moves_again(since: datetime, now: datetime) -> bool:
    """Whether a stall that began at an instant is over: something was sent, or nothing waits any more.

    Mail that only missed its window, in the evening of a day without sending, is neither.
    """
    waits = Delivery.objects.filter(is_in(*Delivery.WAITING), try_at__lte=now + NEXT_TRY)
    return _sent_since(since, now) or not (waits.exists() or _unplanned(now).exists())


def _overdue(now: datetime) -> tuple[datetime | None, int]:
    """Since when mail has been due for too long, and how much; None when there is none, or only a few
    mails that one server puts off."""
    late = [_allowed(overdue(now, now - STALL), now), _forgotten(now)]
    first = [each for some in late for each in some.only("due_at", "domain", "attempts")[:FEW]]
    unplanned = _unplanned(now - STALL)
    since = unplanned.order_by("next_due_at").values_list("next_due_at", flat=True).first()
    if since is None and (not first or _only_put_off(first)):
        return None, 0
    due = [delivery.due_at for delivery in first] + ([since] if since else [])
    return min(due), sum(some.count() for some in late) + unplanned.count()


def _allowed(some: QuerySet[Delivery], now: datetime) -> QuerySet[Delivery]:
    """Without the mail of a lane whose warm-up lets nothing more leave today."""
    used_up = [limit.domain for limit in Limit.objects.all() if limit.is_used_up(now)]
    return some.none() if ALL in used_up else some.exclude(domain__in=used_up)


def _forgotten(now: datetime) -> QuerySet[Delivery]:
    """What a sender held when it died, and nobody has put back."""
    return Delivery.objects.filter(is_in(Delivery.State.SENDING), leased_until__lte=now - STALL)


def _unplanned(now: datetime) -> QuerySet[Enrollment]:
    """Runners whose lesson is due and who are not in the ledger with it yet."""
    return Enrollment.objects.filter(state=Enrollment.State.ACTIVE, next_due_at__lte=now)


def _only_put_off(first: list[Delivery]) -> bool:
    one_domain = len({delivery.domain for delivery in first}) <= 1
    put_off = all(
        delivery.attempts and delivery.attempts[-1]["outcome"] == Outcome.DEFERRED for delivery in first
    )
    return len(first) < FEW and one_domain and put_off


def _sent_since(instant: datetime, now: datetime) -> bool:
    # Newest first, so that the first row that is looked at is the answer while mail moves.
    newest = Delivery.objects.filter(due_at__gte=now - LOOK_BACK).order_by("-due_at")
    return newest.filter(sent_at__gt=instant).values("pk").first() is not None
