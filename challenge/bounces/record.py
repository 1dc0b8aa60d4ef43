"""What comes back of mails: recorded once, and acted on.

| What | What follows |
| --- | --- |
| the address is bad | suppressed, whatever the runner has going on is paused |
| a complaint | the same |
| unsubscribed at the provider | suppressed; leaving is the caller's (enrollment.moves) |
| any other bounce | the third in a row pauses |
| delayed, delivered, answered by a machine | nothing |
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import dropwhile

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from challenge.bounces.classify import cleaned, is_hard_bounce, pause, suppress
from challenge.models import CheckIn, Delivery, Event, Returned, Suppression
from challenge.models.attempt import Answer, Phase
from challenge.models.delivery_event import came_back

Kind = Returned.Kind
IN_A_ROW = 3
# Servers report a mail that they could not pass on after up to five days; what was sent since may be
# on its way back, too. Longer ago than this, no news was good news.
NEWS_WITHIN = timedelta(days=7)
LOOKED_AT = 30
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Return:
    """Something heard of a delivery. `event_id` is the same each time that it is told; `at` when it
    happened, `detail` what a server said, in its own words."""

    delivery_id: uuid.UUID
    kind: Returned.Kind
    source: Returned.Source
    event_id: str
    at: datetime
    bad_address: bool = False
    detail: str = ""


def event_id(*parts: object) -> str:
    """An id made of what tells one event from another."""
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def refused(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """Record and act on what the mail server said of a recipient, when it refused her for good."""
    if answer.phase is Phase.RECIPIENT:
        bad, source = is_hard_bounce(answer), Returned.Source.SMTP
        told = event_id(source, delivery.pk, now.isoformat())
        take(Return(delivery.pk, Kind.BOUNCED, source, told, now, bad, answer.text), now)


def take(came: Return, now: datetime) -> Delivery | None:
    """Record a return and act on it. Its delivery when it was new; None when there is no such delivery,
    or when it was known already."""
    if Returned.objects.filter(event_id=came.event_id).exists():
        return None
    with transaction.atomic():
        rows = Delivery.objects.select_related("enrollment__runner", "recipient")
        delivery = rows.filter(pk=came.delivery_id).first()
        if delivery is None:
            return None
        # One return of a runner after the other: two at once must not both be the second.
        runner = User.objects.select_for_update(no_key=True).get(pk=delivery.to_user.pk)
        detail = cleaned(came.detail, runner.email)
        _row, is_new = Returned.objects.get_or_create(
            event_id=came.event_id,
            defaults={
                "delivery": delivery,
                "kind": came.kind,
                "source": came.source,
                "bad_address": came.bad_address,
                "at": min(came.at, now),
                "detail": detail,
            },
        )
        if not is_new:
            return None
        _act(delivery, runner, came, detail, now)
    return delivery


def _act(delivery: Delivery, runner: User, came: Return, detail: str, now: datetime) -> None:
    if came.kind == Kind.COMPLAINED:
        suppress(runner, Suppression.Reason.COMPLAINED, detail, now)
        pause(runner, Event.Kind.PAUSED, Event.Detail.COMPLAINT, now)
    elif came.kind == Kind.UNSUBSCRIBED:
        suppress(runner, Suppression.Reason.UNSUBSCRIBED, detail, now)
    elif came.kind in Returned.CAME_BACK:
        since = _resumed(runner)
        if (delivery.sent_at or came.at) < since:
            return  # old news: the coach, or she herself, has set things right meanwhile
        if came.bad_address:
            suppress(runner, Suppression.Reason.BOUNCED, detail, now)
            pause(runner, Event.Kind.PAUSED, Event.Detail.BAD_ADDRESS, now)
        elif _nothing_arrives(runner, since, now):
            pause(runner, Event.Kind.UNREACHABLE, Event.Detail.SOFT_BOUNCES, now)


def _resumed(runner: User) -> datetime:
    """When a runner's lessons were last resumed."""
    resumed = Event.objects.filter(enrollment__runner=runner, kind=Event.Kind.RESUMED)
    at: datetime | None = resumed.aggregate(Max("at"))["at__max"]
    return at or LONG_AGO


def _nothing_arrives(runner: User, since: datetime, now: datetime) -> bool:
    """Whether the last three mails of which there is news came back, one after the other, and she has
    not checked in since the first of them."""
    mails = (
        Delivery.objects.filter(enrollment__runner=runner)
        .filter(Q(sent_at__isnull=False) | Exists(Returned.objects.filter(delivery=OuterRef("pk"))))
        .annotate(left=Coalesce("sent_at", "due_at"))
        .filter(left__gt=since, left__lte=now)
        .order_by("-left", "-pk")
        .prefetch_related("returns")[:LOOKED_AT]
    )
    told = list(dropwhile(lambda mail: came_back(mail) is None, mails))[:IN_A_ROW]
    if len(told) < IN_A_ROW or not all(map(came_back, told)):
        return False
    first, newest = told[-1].left, told[0].left
    heard = CheckIn.objects.filter(enrollment__runner=runner, updated_at__gt=first)
    return newest > now - NEWS_WITHIN and not heard.exists()
