"""Record what an incoming mail reports, if it proves which of our mails it is about.

The proof is a return path of ours (mail.links), to which the report was sent. A complaint goes to the address
of a feedback loop instead, but it returns our mail: with its return path, or with its Message-ID and its own
link to leave.
"""

import logging
import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from accounts.capabilities import Altered
from challenge.bounces.record import ReportedEvent, event_id_of, is_bad_address, record
from challenge.inbound.dsn import Fields, IncomingReport, RecipientStatus, ReportType, parse
from challenge.mail import links
from challenge.mail.links import LinkEnded, LinkExpired, Purpose
from challenge.models import Delivery, DeliveryEvent

log = logging.getLogger(__name__)

Kind, Source = DeliveryEvent.Kind, DeliveryEvent.Source
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


class Disposition(StrEnum):
    """The outcome of an incoming mail, as the log writes it."""

    RECORDED = "recorded"
    KNOWN = "recorded before"
    UNPROVEN = "a report that proves no mail of ours"
    OTHER = "no report"


def receive(raw: bytes, recipients: Sequence[str], now: datetime) -> Disposition:
    """Record and act on a mail's report. `recipients` are those of its envelope, if known."""
    report = parse(raw)
    if report.type is ReportType.OTHER:
        return Disposition.OTHER
    delivery = _proven_delivery(report, recipients, now)
    disposition = Disposition.UNPROVEN
    if delivery is not None:
        event = _event(report, delivery, now)
        disposition = Disposition.OTHER if event is None else Disposition.KNOWN
        if event is not None and record(event, now):
            disposition = Disposition.RECORDED
    log.info("a mail came in (%s): %s", report.type, disposition)
    return disposition


def _proven_delivery(report: IncomingReport, recipients: Sequence[str], now: datetime) -> Delivery | None:
    sent_to = [*recipients, *(report.headers.get(name, "") for name in SENT_TO)]
    returned = report.returned or {}
    if report.type is ReportType.COMPLAINT:
        feedback = report.feedback or {}
        sent_to += [returned.get("return-path", ""), feedback.get("original-mail-from", "")]
    found = next(filter(None, map(links.delivery_of, sent_to)), None)
    if found is None and report.type is ReportType.COMPLAINT:
        return _delivery_by_leave_link(returned, now)
    return _delivery(found) if found else None


def _delivery(delivery_id: uuid.UUID) -> Delivery | None:
    return Delivery.objects.select_related("enrollment__runner", "recipient").filter(pk=delivery_id).first()


def _delivery_by_leave_link(returned: Fields, now: datetime) -> Delivery | None:
    """Return the delivery that a returned mail's Message-ID names, if its link to leave is that runner's. The
    links of a former address have ended, and prove only a mail that went there."""
    named = MESSAGE_ID.search(returned.get("message-id", ""))
    link = LEAVE_LINK.search(re.sub(r"\s", "", returned.get("list-unsubscribe", "")))
    if not named or not link:
        return None
    delivery = _delivery(uuid.UUID(named[1]))
    try:
        enrollment = links.open(Purpose.LEAVE, link[1], now).enrollment
    except LinkExpired as expired:
        enrollment = expired.enrollment
    except LinkEnded:
        return delivery if delivery and not delivery.went_to(delivery.to_user.email) else None
    except Altered:
        return None
    return delivery if delivery and delivery.enrollment_id == enrollment.pk else None


def _event(report: IncomingReport, delivery: Delivery, now: datetime) -> ReportedEvent | None:
    if report.type is ReportType.COMPLAINT:
        feedback = (report.feedback or {}).get("feedback-type", "").strip().lower()
        if feedback not in COMPLAINTS:
            return None
        return _reported(delivery, Kind.COMPLAINED, Source.ARF, feedback, now)
    if report.type is ReportType.AUTO_REPLY:
        return _reported(delivery, Kind.AUTORESPONDED, Source.DSN, "", now)
    found, address = _status_for(report.recipients, delivery)
    kind = ACTIONS.get(re.split(r"[^a-z]", found.action)[0]) if found else None
    if found is None or kind is None:
        return None
    # A report of another address, such as one to which the runner forwards mail, does not concern this one.
    bad = kind == Kind.BOUNCED and bool(address) and is_bad_address(found.status, found.diagnostic)
    said = f"{found.status} {found.diagnostic}"
    return _reported(delivery, kind, Source.DSN, said, now, bad=bad, address=address)


def _status_for(
    recipients: Sequence[RecipientStatus], delivery: Delivery
) -> tuple[RecipientStatus | None, str]:
    """Return the status of the address that a mail went to, and that address; else the first status of the
    report, and an empty text."""
    for status in recipients:
        for address in status.addresses:
            if delivery.went_to(address):
                return status, address
    return (recipients[0] if recipients else None), ""


def _reported(
    delivery: Delivery,
    kind: DeliveryEvent.Kind,
    source: DeliveryEvent.Source,
    said: str,
    now: datetime,
    *,
    bad: bool = False,
    address: str = "",
) -> ReportedEvent:
    # Only one event of a kind is kept for each mail, however many reports come: every recipient of a mail
    # knows its return path, and must not be able to fill the table.
    return ReportedEvent(
        delivery_id=delivery.pk,
        kind=kind,
        source=source,
        event_id=event_id_of(source, delivery.pk, kind, bad),
        at=now,
        bad_address=bad,
        detail=said,
        address=address,
    )
