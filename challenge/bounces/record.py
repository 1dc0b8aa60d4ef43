"""Record each reported event of a mail once, and act on it.

| Reported | What follows |
| --- | --- |
| the address is bad | the address is suppressed; the runner's course pauses, a held one when it is cleared |
| a complaint | the same |
| unsubscribed at the provider | the address is suppressed; the caller lets the runner leave |
| any other bounce | the third in a row pauses |
| delayed, delivered, answered by a machine | nothing |

It follows for the address that the mail went to. Where the runner has another one by now, the old address is
suppressed, and the runner's course goes on.

A wrong suppression silences a runner who can be reached, so a refusal counts against the address only
where it says so.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import dropwhile

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.addresses import keyed_hash
from accounts.models import User
from accounts.words import one_line
from challenge.enrollment.holding import pause_when_cleared
from challenge.enrollment.transitions import PauseCause, pause
from challenge.models import CheckIn, Delivery, DeliveryEvent, Enrollment, Event, Suppression
from challenge.models.attempt import Answer, Phase
from challenge.models.delivery_event import last_is_bounce

Kind = DeliveryEvent.Kind
SUPPRESSING = {
    Kind.COMPLAINED: Suppression.Reason.COMPLAINED,
    Kind.UNSUBSCRIBED: Suppression.Reason.UNSUBSCRIBED,
}
PAUSING = {
    Suppression.Reason.COMPLAINED: PauseCause.COMPLAINT,
    Suppression.Reason.BOUNCED: PauseCause.BAD_ADDRESS,
}
IN_A_ROW = 3
# A server reports a mail that it could not pass on after five days at most (RFC 5321, 4.5.4.1). An older mail
# without any report has arrived.
RECENT = timedelta(days=7)
MAX_MAILS_READ = 30
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# RFC 3463 and RFC 7505: no such mailbox, no such domain, bad syntax, moved, the domain takes no mail, and a
# closed mailbox. 5.1.0, 5.1.7 and 5.1.8 are left out, because servers also use them for senders.
BAD_ADDRESS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
# Without such a status these replies to RCPT TO concern the mailbox (RFC 5321, 4.2.3), unless the text gives
# another reason.
HARD_CODES = {550, 551, 553}
OTHER_REASON = re.compile(
    r"block|black ?list|spam|virus|\bspf\b|dkim|dmarc|polic|reputation|listed|banned|denied|prohibit|relay"
    r"|permi(t|ssion)|allowed|authori[sz]|authent|\bauth\b|verif|sender|\b[he][eh]lo\b|\bdns\b|\brdns\b|\bptr\b"
    r"|certificate|\btls\b|encrypt|\baccess\b|\brate\b|too many|quota|full|temporar|try again|later",
    re.I,
)
NO_SUCH_MAILBOX = re.compile(
    r"no such (user|mailbox|recipient|address)|(user|recipient|mailbox|address) (is )?(unknown|not found)"
    r"|unknown (user|recipient|mailbox|address)|does(n't| not) exist|invalid (recipient|mailbox)",
    re.I,
)
CODE = re.compile(r"(?<![\d.])(?:550|551|553)(?![\d.])")
# Match neither an IP address nor a version number: the subject of a status goes from 0 to 7.
STATUS = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?!\.?\d)")
ADDRESS = re.compile(r"\S+@\S+|[^\s<>]+=[^\s<>]+\.[^\s<>]+")


@dataclass(frozen=True)
class ReportedEvent:
    """One event of a delivery. `event_id` is the same for each report of it; `at` is when it happened;
    `address` is the one that the report is known to concern, else that to which the mail last went."""

    delivery_id: uuid.UUID
    kind: DeliveryEvent.Kind
    source: DeliveryEvent.Source
    event_id: str
    at: datetime
    bad_address: bool = False
    detail: str = ""
    address: str = ""


def event_id_of(*parts: object) -> str:
    """Return the id of an event from the parts that distinguish it from other events."""
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def record_refusal(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """Record that the mail server refused a recipient; refusals in other phases do not count."""
    if answer.phase is Phase.RECIPIENT:
        source = DeliveryEvent.Source.SMTP
        event_id = event_id_of(source, delivery.pk, now.isoformat())
        bad = is_hard_bounce(answer)
        said = answer.text, delivery.to_address
        record(ReportedEvent(delivery.pk, Kind.BOUNCED, source, event_id, now, bad, *said), now)


def record(reported: ReportedEvent, now: datetime) -> Delivery | None:
    """Record an event and act on it. Return its delivery, with the address hash of the event, or None for an
    unknown delivery or a repeated event. Locks the runner's row, then each enrollment's
    (enrollment.transitions)."""
    if DeliveryEvent.objects.filter(event_id=reported.event_id).exists():
        return None
    with transaction.atomic():
        rows = Delivery.objects.select_related("enrollment__runner", "recipient")
        delivery = rows.filter(pk=reported.delivery_id).first()
        if delivery is None:
            return None
        # Lock: two bounces of one runner at the same time must not both count as the second.
        runner = User.objects.select_for_update(no_key=True).get(pk=delivery.to_user.pk)
        if reported.address:
            delivery.address_hash = keyed_hash(reported.address)
        delivery.address_hash = delivery.address_hash or runner.address_hash
        detail = cleaned(reported.detail, reported.address or runner.email)
        _event, is_new = DeliveryEvent.objects.get_or_create(
            event_id=reported.event_id,
            defaults={
                "delivery": delivery,
                "kind": reported.kind,
                "source": reported.source,
                "address_hash": delivery.address_hash,
                "bad_address": reported.bad_address,
                "at": min(reported.at, now),
                "detail": detail,
            },
        )
        if not is_new:
            return None
        if delivery.address_hash == runner.address_hash:
            _act(delivery, runner, reported, detail, now)
        elif reason := _reason_to_suppress(reported):
            Suppression.objects.suppress(runner, reason, detail, now, delivery.address_hash)
    return delivery


def _reason_to_suppress(reported: ReportedEvent) -> Suppression.Reason | None:
    if reported.kind in DeliveryEvent.BOUNCES:
        return Suppression.Reason.BOUNCED if reported.bad_address else None
    return SUPPRESSING.get(reported.kind)


def _act(delivery: Delivery, runner: User, reported: ReportedEvent, detail: str, now: datetime) -> None:
    """Act on an event of the address that the runner has now."""
    is_bounce, since = reported.kind in DeliveryEvent.BOUNCES, _last_resume(runner)
    if is_bounce and (delivery.sent_at or reported.at) < since:
        return  # somebody has resumed the course since that mail
    if reason := _reason_to_suppress(reported):
        Suppression.objects.suppress(runner, reason, detail, now)
        if reason in PAUSING:
            _pause(runner, PAUSING[reason], now)
    elif is_bounce and _is_unreachable(runner, since, now):
        _pause(runner, PauseCause.UNREACHABLE, now)


def _pause(runner: User, cause: PauseCause, now: datetime) -> None:
    runs = Enrollment.objects.filter(runner=runner).order_by("pk")
    for enrollment_id in runs.filter(state=Enrollment.State.ACTIVE).values_list("pk", flat=True):
        pause(enrollment_id, cause, now)
    # A bounce ends no hold.
    for enrollment_id in runs.filter(state=Enrollment.State.HELD).values_list("pk", flat=True):
        pause_when_cleared(enrollment_id, cause, now)


def _last_resume(runner: User) -> datetime:
    resumed = Event.objects.filter(enrollment__runner=runner, kind=Event.Kind.RESUMED)
    at: datetime | None = resumed.aggregate(Max("at"))["at__max"]
    return at or LONG_AGO


def _is_unreachable(runner: User, since: datetime, now: datetime) -> bool:
    """Return whether the last three mails to the runner's address with an event all bounced, without a
    check-in since the first."""
    address_hash = runner.address_hash
    mails = (
        Delivery.objects.filter(enrollment__runner=runner, address_hash__in=["", address_hash])
        .filter(Q(sent_at__isnull=False) | Exists(DeliveryEvent.objects.filter(delivery=OuterRef("pk"))))
        .annotate(left=Coalesce("sent_at", "due_at"))
        .filter(left__gt=since, left__lte=now)
        .order_by("-left", "-pk")
        .prefetch_related("delivery_events")[:MAX_MAILS_READ]
    )
    reported = list(dropwhile(lambda mail: last_is_bounce(mail, address_hash) is None, mails))[:IN_A_ROW]
    if len(reported) < IN_A_ROW or not all(last_is_bounce(mail, address_hash) for mail in reported):
        return False
    first, newest = reported[-1].left, reported[0].left
    checked_in = CheckIn.objects.filter(enrollment__runner=runner, updated_at__gt=first)
    return newest > now - RECENT and not checked_in.exists()


def is_hard_bounce(answer: Answer) -> bool:
    """Return whether the mail server's answer says that the address itself is bad."""
    if answer.phase is not Phase.RECIPIENT:
        return False
    if found := status_codes(answer.text):
        return found <= BAD_ADDRESS
    return answer.code in HARD_CODES and not OTHER_REASON.search(ADDRESS.sub("", answer.text))


def is_unexplained(answer: Answer) -> bool:
    """Return whether the refusal is a bare code without a reason: it may concern all mail."""
    return not status_codes(answer.text) and not NO_SUCH_MAILBOX.search(answer.text)


def is_bad_address(*texts: str) -> bool:
    """Return whether all texts of a report blame the address. They do not name the refused command."""
    if found := {code for text in texts for code in status_codes(text)}:
        return found <= BAD_ADDRESS
    said = " ".join(texts)
    names_mailbox = CODE.search(said) and NO_SUCH_MAILBOX.search(said)
    return bool(names_mailbox) and not OTHER_REASON.search(said)


def status_codes(text: str) -> set[str]:
    """Return the enhanced status codes in a text (RFC 3463), without 5.0.0, which gives no reason."""
    found = {".".join(parts) for parts in STATUS.findall(text)}
    return found - {"2.0.0", "4.0.0", "5.0.0"}


def cleaned(text: str, address: str) -> str:
    """Return a server's text on one line, without addresses and names of mailboxes."""
    line = ADDRESS.sub("...", one_line(text[:2000]))
    local = re.escape(address.rpartition("@")[0])
    return re.sub(rf"(?<!\w){local}(?!\w)", "...", line, flags=re.I).strip()[:200]
