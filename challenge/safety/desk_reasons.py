"""The reasons for a coach to look at a runner, read afresh from what is kept: one query for each kind of item
on the desk. Each selects rows of the table that the kind is about."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from challenge.models import CheckIn, Delivery, DeliveryEvent, DeskItem, Enrollment, Escalation, Hold, Message
from challenge.safety.desk import UNANSWERED

Kind, State = DeskItem.Kind, Enrollment.State
# Mail that was due in these days is looked at, and its trouble is shown for this long. It lasts while no mail
# leaves.
LOOKED_AT, SHOWN = timedelta(days=2), timedelta(days=7)
STOPPED = (State.PAUSED, State.HELD)


def reasons(kind: DeskItem.Kind, now: datetime) -> QuerySet[Any]:
    """Select what lies on the desk, or should."""
    match kind:
        case Kind.ESCALATION:
            return Escalation.objects.unresolved()
        case Kind.HOLD:
            return Hold.objects.filter(cleared_at=None)
        case Kind.MESSAGE:
            return Message.objects.filter(direction=Message.Direction.IN, state__in=UNANSWERED)
        case Kind.DOUBTFUL:
            return CheckIn.objects.exclude(doubt="")
        case Kind.PAIN:
            return CheckIn.objects.filter(_tells_of_health(), doubt="")
        case _:
            return _mail(Q(due_at__gt=now - SHOWN) | Q(enrollment__state__in=STOPPED))


def missing(kind: DeskItem.Kind, now: datetime) -> QuerySet[Any]:
    """Select what should lie on the desk, for a look at whether it does. Pain is judged where it is told, so
    none of it is missing here."""
    if kind == Kind.PAIN:
        return CheckIn.objects.none()
    return _mail(Q(due_at__gt=now - LOOKED_AT)) if kind == Kind.MAIL else reasons(kind, now)


def _tells_of_health() -> Q:
    return Q(pain__isnull=False) | ~Q(note="") | ~Q(pain_where="") | Q(sharp=True)


def _mail(which: Q) -> QuerySet[Delivery]:
    """Select the mail that failed or came back, unless a copy has arrived since. A sign-up that nobody has
    confirmed is no runner's yet, and whoever has left waits for no mail of before."""
    reported = DeliveryEvent.objects.filter(delivery=OuterRef("pk"))
    last = reported.filter(kind__in=[DeliveryEvent.Kind.DELIVERED, *DeliveryEvent.BOUNCES])
    bounced = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), kind__in=DeliveryEvent.BOUNCES)
    again = Delivery.objects.filter(
        ~Exists(bounced),
        enrollment=OuterRef("enrollment"),
        kind=OuterRef("kind"),
        day=OuterRef("day"),
        copy__gt=OuterRef("copy"),
        state=Delivery.State.SENT,
    )
    troubled = Delivery.objects.filter(which, enrollment__isnull=False)
    troubled = troubled.exclude(enrollment__state=State.PENDING)
    troubled = troubled.filter(~Q(enrollment__state=State.WITHDRAWN) | Q(due_at__gt=F("enrollment__left_at")))
    troubled = troubled.filter(Q(state=Delivery.State.FAILED) | Q(Exists(bounced)))
    troubled = troubled.annotate(reported=Subquery(last.order_by("-at", "-pk").values("kind")[:1]))
    arrived = Q(state=Delivery.State.SENT, reported=DeliveryEvent.Kind.DELIVERED)
    return troubled.exclude(arrived).filter(~Exists(again))
