"""What a provider's webhook tells, in our words: which delivery an event is about, what happened to it,
and whether the address is at fault.

django-anymail has checked the webhook's secret or signature and put the event into its own words; but
a provider's mails leave by SMTP, under its own ids, and a bounce is not said to be hard or soft.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings

from challenge.bounces.classify import is_bad_address, statuses
from challenge.bounces.record import LONG_AGO, Return, event_id
from challenge.mail import return_path
from challenge.models import Delivery, Returned

Kind = Returned.Kind
# Opened and clicked are not here: nobody's reading is followed.
KINDS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.DEFERRED: Kind.DEFERRED,
    EventType.BOUNCED: Kind.BOUNCED,
    EventType.REJECTED: Kind.REJECTED,
    EventType.FAILED: Kind.FAILED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
    EventType.AUTORESPONDED: Kind.AUTORESPONDED,
}
# What a provider's own list of suppressed addresses says of one that it refuses to write to.
LISTED = {RejectReason.SPAM: Kind.COMPLAINED, RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBED}
LISTED_AS_BAD = (RejectReason.BOUNCED, RejectReason.INVALID)
# Hard and soft in the providers' words: Postmark, SES, Resend, Brevo and Mandrill, Mailjet, MailerSend,
# Unisender Go, Mailgun (its list), SendGrid, SparkPost.
HARD = {
    ("Type", "HardBounce"), ("Type", "BadEmailAddress"), ("bounceType", "Permanent"), ("type", "Permanent"),
    ("event", "hard_bounce"), ("event", "invalid_email"), ("hard_bounce", True), ("type", "hard_bounced"),
    ("status", "hard_bounced"), ("reason", "suppress-bounce"), ("bounce_class", "10"), ("bounce_class", "30"),
}  # fmt: skip
SOFT = {
    ("Type", "SoftBounce"), ("bounceType", "Transient"), ("bounceType", "Undetermined"),
    ("type", "Transient"), ("type", "Undetermined"), ("event", "soft_bounce"), ("hard_bounce", False),
    ("type", "soft_bounced"), ("status", "soft_bounced"), ("severity", "temporary"), ("type", "blocked"),
}  # fmt: skip
LATEST = timedelta(days=30)
MOST_VALUES, DEEPEST, LONGEST = 2000, 6, 2000
UUID = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

Said = list[tuple[str, Any]]


def came_back(event: AnymailTrackingEvent, provider: str, now: datetime) -> Return | None:
    """An event as a return; None where it says nothing that counts, or nothing of ours."""
    kind = KINDS.get(event.event_type)
    if kind == Kind.REJECTED:
        kind = LISTED.get(event.reject_reason, kind)
    if kind is None:
        return None
    said = list(_flat(event.esp_event))
    at = _within_reason(event.timestamp, now)
    delivery = _delivery(event, said, at)
    if delivery is None:
        return None
    told_by = event.event_id or f"{event.message_id} {event.timestamp}"
    return Return(
        delivery_id=delivery.pk,
        kind=kind,
        source=Returned.Source.WEBHOOK,
        event_id=event_id(provider, told_by, event.event_type, delivery.pk),
        at=at,
        bad_address=kind in Returned.CAME_BACK and _is_bad(event, said),
        detail=f"{event.mta_response or ''} {event.description or ''}",
    )


def _flat(value: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The single values of an event, each with its own key, however they are nested."""
    if isinstance(value, dict) and depth < DEEPEST:
        for name, inner in list(value.items())[:MOST_VALUES]:
            yield from _flat(inner, str(name), depth + 1)
    elif isinstance(value, list) and depth < DEEPEST:
        for inner in value[:MOST_VALUES]:
            yield from _flat(inner, key, depth + 1)
    elif isinstance(value, str | bool):
        yield key, value


def _within_reason(stamp: datetime | None, now: datetime) -> datetime:
    """When it happened: without a zone in UTC, and never in the future, whatever the provider's clock."""
    if stamp is None:
        return now
    return min(max(stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC), LONG_AGO), now)


def _delivery(event: AnymailTrackingEvent, said: Said, at: datetime) -> Delivery | None:
    """The delivery that an event names by our Message-ID or return path; else, as some providers give
    mails other names, the last one before it to her whom it names."""
    rows = Delivery.objects.select_related("enrollment__runner", "recipient")
    recipient = str(event.recipient or "").strip().lower()
    if named := _named(event, said):
        found = rows.filter(pk=named).first()
        is_hers = found and (not recipient or recipient == found.to_user.email)
        return found if is_hers else None
    if not recipient:
        return None
    hers = rows.filter(enrollment__runner__email=recipient, sent_at__gt=at - LATEST, sent_at__lte=at)
    return hers.order_by("-sent_at").first()


def _named(event: AnymailTrackingEvent, said: Said) -> uuid.UUID | None:
    ours = re.compile(rf"{UUID}@{re.escape(settings.MAIL_DOMAIN)}(?![\w.-])", re.I)
    texts = [text[:LONGEST] for _key, text in said if isinstance(text, str) and "@" in text]
    for text in [str(event.message_id or ""), *texts]:
        if found := ours.search(text):
            return uuid.UUID(found[1])
    return next(filter(None, map(return_path.read, texts)), None)


def _is_bad(event: AnymailTrackingEvent, said: Said) -> bool:
    """Whether the address is at fault. The remote server's words go before the provider's."""
    if event.event_type == EventType.REJECTED:
        return event.reject_reason in LISTED_AS_BAD
    words = set(said)
    texts = [str(text or "")[:LONGEST] for text in (event.mta_response, event.description)]
    if words & SOFT:
        return False
    if any(map(statuses, texts)):
        return is_bad_address(*texts)
    return bool(words & HARD) or is_bad_address(*texts)
