"""A mail that came in: what it says counts where it proves which mail of ours it is about.

The proof is a return path of ours (verp.py): the address that the mail was sent to. A complaint goes
elsewhere (to the address that a feedback loop was set up with), but it returns the mail that it is
about: with its return path, or with its Message-ID and its own link to leave.
"""

import logging
import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from accounts.capabilities import Altered, Expired
from accounts.capabilities import read as read_capability
from challenge.bounces.classify import is_bad_address
from challenge.bounces.record import Return, event_id, take
from challenge.inbound.dsn import Fate, Fields, Report, Sort, read
from challenge.mail import return_path
from challenge.mail.links import Purpose
from challenge.models import Delivery, Returned

log = logging.getLogger(__name__)

Kind, Source = Returned.Kind, Returned.Source
SENT_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
ACTIONS = {
    "failed": Kind.BOUNCED,
    "error": Kind.BOUNCED,
    "delayed": Kind.DEFERRED,
    "delivered": Kind.DELIVERED,
}
COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")
MESSAGE_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.I)
LEAVE_LINK = re.compile(r"/leave/([\w.~-]{1,200})")


class Outcome(StrEnum):
    """What was done with a mail."""

    TAKEN = "taken"
    KNOWN = "known already"
    UNPROVEN = "a report that proves no mail of ours"
    OTHER = "no report"


def take_mail(raw: bytes, recipients: Sequence[str], now: datetime) -> Outcome:
    """Record and act on what a mail reports. `recipients` are its envelope's, where they are known."""
    report = read(raw)
    if report.sort is Sort.OTHER:
        return Outcome.OTHER
    delivery = _proven(report, recipients, now)
    outcome = Outcome.UNPROVEN
    if delivery is not None:
        came = _came(report, delivery, now)
        outcome = Outcome.OTHER if came is None else Outcome.KNOWN
        if came is not None and take(came, now):
            outcome = Outcome.TAKEN
    log.info("a mail came in (%s): %s", report.sort, outcome)
    return outcome


def _proven(report: Report, recipients: Sequence[str], now: datetime) -> Delivery | None:
    """The delivery that a report is about, if it proves it."""
    sent_to = [*recipients, *(report.headers.get(name, "") for name in SENT_TO)]
    about = report.about or {}
    if report.sort is Sort.COMPLAINT:
        sent_to += [about.get("return-path", ""), (report.feedback or {}).get("original-mail-from", "")]
    found = next(filter(None, map(return_path.read, sent_to)), None)
    if found is None and report.sort is Sort.COMPLAINT:
        return _by_its_own_link(about, now)
    return _delivery(found) if found else None


def _delivery(delivery_id: uuid.UUID) -> Delivery | None:
    return Delivery.objects.select_related("enrollment__runner", "recipient").filter(pk=delivery_id).first()


def _by_its_own_link(about: Fields, now: datetime) -> Delivery | None:
    """The delivery whose Message-ID a returned mail has, if its link to leave is that enrollment's."""
    named = MESSAGE_ID.search(about.get("message-id", ""))
    link = LEAVE_LINK.search(re.sub(r"\s", "", about.get("list-unsubscribe", "")))
    if not named or not link:
        return None
    try:
        values = read_capability(Purpose.LEAVE, link[1], now)
    except Expired as expired:
        values = expired.values
    except Altered:
        return None
    delivery = _delivery(uuid.UUID(named[1]))
    return delivery if delivery and values == [delivery.enrollment_id] else None


def _came(report: Report, delivery: Delivery, now: datetime) -> Return | None:
    """What a report says of a delivery; None where that is nothing."""
    if report.sort is Sort.COMPLAINT:
        feedback = (report.feedback or {}).get("feedback-type", "").strip().lower()
        if feedback not in COMPLAINTS:
            return None
        return _return(delivery, Kind.COMPLAINED, Source.ARF, feedback, now)
    if report.sort is Sort.AUTO_REPLY:
        return _return(delivery, Kind.AUTORESPONDED, Source.DSN, "", now)
    address = delivery.to_user.email
    fate = _hers(report.fates, address)
    kind = ACTIONS.get(re.split(r"[^a-z]", fate.action)[0]) if fate else None
    if fate is None or kind is None:
        return None
    # A report of another address, one that she forwards her mail to, say, is none of this one.
    bad = kind == Kind.BOUNCED and address in fate.recipients and is_bad_address(fate.status, fate.diagnostic)
    return _return(delivery, kind, Source.DSN, f"{fate.status} {fate.diagnostic}", now, bad=bad)


def _hers(fates: Sequence[Fate], address: str) -> Fate | None:
    """What became of the mail to her: what is said of her address, else what is said at all."""
    return next((fate for fate in fates if address in fate.recipients), fates[0] if fates else None)


def _return(
    delivery: Delivery,
    kind: Returned.Kind,
    source: Returned.Source,
    said: str,
    now: datetime,
    *,
    bad: bool = False,
) -> Return:
    # Of each mail one return of a kind is kept, however many reports there are: whoever has got one
    # of our mails knows its return path, and can fill nothing with it.
    return Return(
        delivery_id=delivery.pk,
        kind=kind,
        source=source,
        event_id=event_id(source, delivery.pk, kind, bad),
        at=now,
        bad_address=bad,
        detail=said,
    )
