"""Translate an event of a provider's webhook into a delivery, an event kind, and whether the address is bad.

django-anymail has checked the webhook's secret or signature and normalised the event. It does not say whether
a bounce is hard or soft; and as our mails go to the provider by SMTP, it knows them by the provider's ids.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings

from accounts.addresses import keyed_hash
from challenge.bounces.record import LONG_AGO, ReportedEvent, event_id_of, is_bad_address, status_codes
from challenge.mail import links
from challenge.models import Delivery, DeliveryEvent

Kind = DeliveryEvent.Kind
# Opened and clicked are left out: reading is not tracked.
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
# The reasons of a provider that refuses an address on its own suppression list.
LISTED = {RejectReason.SPAM: Kind.COMPLAINED, RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBED}
LISTED_AS_BAD = (RejectReason.BOUNCED, RejectReason.INVALID)
# Hard and soft bounces in the providers' words: Postmark, SES, Resend, Brevo and Mandrill, Mailjet,
# MailerSend, Unisender Go, Mailgun (its list), SendGrid, SparkPost.
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
MAX_AGE = timedelta(days=30)
MAX_VALUES, MAX_DEPTH, MAX_TEXT = 2000, 6, 2000
UUID = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

Values = list[tuple[str, Any]]


def from_event(event: AnymailTrackingEvent, provider: str, now: datetime) -> ReportedEvent | None:
    """Return the event of a delivery, or None for an event that does not count or a mail that is not ours."""
    kind = KINDS.get(event.event_type)
    if kind == Kind.REJECTED:
        kind = LISTED.get(event.reject_reason, kind)
    if kind is None:
        return None
    values = list(_flat(event.esp_event))
    at = _plausible(event.timestamp, now)
    recipient = str(event.recipient or "").strip().lower()
    delivery = _delivery(event, values, recipient, at)
    if delivery is None:
        return None
    event_id = event.event_id or f"{event.message_id} {event.timestamp}"
    return ReportedEvent(
        delivery_id=delivery.pk,
        kind=kind,
        source=DeliveryEvent.Source.WEBHOOK,
        event_id=event_id_of(provider, event_id, event.event_type, delivery.pk),
        at=at,
        bad_address=kind in DeliveryEvent.BOUNCES and _is_bad(event, values),
        detail=f"{event.mta_response or ''} {event.description or ''}",
        address=recipient,
    )


def _flat(value: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the single values of a nested event, each with its own key."""
    if isinstance(value, dict) and depth < MAX_DEPTH:
        for name, inner in list(value.items())[:MAX_VALUES]:
            yield from _flat(inner, str(name), depth + 1)
    elif isinstance(value, list) and depth < MAX_DEPTH:
        for inner in value[:MAX_VALUES]:
            yield from _flat(inner, key, depth + 1)
    elif isinstance(value, str | bool):
        yield key, value


def _plausible(stamp: datetime | None, now: datetime) -> datetime:
    """Return a time stamp, in UTC unless it has a zone, and never later than now."""
    if stamp is None:
        return now
    return min(max(stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC), LONG_AGO), now)


def _delivery(event: AnymailTrackingEvent, values: Values, recipient: str, at: datetime) -> Delivery | None:
    """Return the delivery that an event names by our Message-ID or return path; for a provider with ids of
    its own, the last one sent to the event's recipient before it."""
    rows = Delivery.objects.select_related("enrollment__runner", "recipient")
    if named := _named(event, values):
        found = rows.filter(pk=named).first()
        matches = found and (not recipient or found.went_to(recipient))
        return found if matches else None
    if not recipient:
        return None
    sent = rows.filter(sent_at__gt=at - MAX_AGE, sent_at__lte=at).order_by("-sent_at")
    hashed = keyed_hash(recipient)
    of_runner = sent.filter(enrollment__runner__email=recipient, address_hash__in=["", hashed])
    # To an address that a runner had before: no index holds it, the one of due times bounds the search.
    return of_runner.first() or sent.filter(address_hash=hashed, due_at__gt=at - 2 * MAX_AGE).first()


def _named(event: AnymailTrackingEvent, values: Values) -> uuid.UUID | None:
    ours = re.compile(rf"{UUID}@{re.escape(settings.MAIL_DOMAIN)}(?![\w.-])", re.I)
    texts = [text[:MAX_TEXT] for _key, text in values if isinstance(text, str) and "@" in text]
    for text in [str(event.message_id or ""), *texts]:
        if found := ours.search(text):
            return uuid.UUID(found[1])
    return next(filter(None, map(links.delivery_of, texts)), None)


def _is_bad(event: AnymailTrackingEvent, values: Values) -> bool:
    """Return whether the address is bad. The remote server's words go before the provider's."""
    if event.event_type == EventType.REJECTED:
        return event.reject_reason in LISTED_AS_BAD
    words = set(values)
    texts = [str(text or "")[:MAX_TEXT] for text in (event.mta_response, event.description)]
    if words & SOFT:
        return False
    if any(map(status_codes, texts)):
        return is_bad_address(*texts)
    return bool(words & HARD) or is_bad_address(*texts)
