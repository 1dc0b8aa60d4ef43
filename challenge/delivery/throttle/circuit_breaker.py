"""The circuit breaker suspends a domain, or the mail server, that refuses one mail after the other, and
separates the mail of a domain that answers slowly from all other mail.

The counts are in the memory of each process; a row is written when something changes.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from time import sleep
from uuid import UUID

from django.db import transaction

from challenge.bounces.record import cleaned, is_hard_bounce, is_unexplained
from challenge.delivery.throttle import rate_limit
from challenge.delivery.throttle.lanes import Lanes, delay_turn, forget_idle, last_read, read, recent
from challenge.models import Delivery, Limit
from challenge.models.attempt import Answer, Outcome, Phase
from challenge.models.limit import ALL, LONGEST_SUSPENSION, SLOW_FOR
from challenge.models.mail_kinds import Priority

log = logging.getLogger(__name__)

# The refusals in a row that suspend a lane, and those after a suspension without effect.
THRESHOLD, THRESHOLD_AGAIN = 12, 3
# Refusals that are spread over this many domains come from the mail server.
DOMAINS = 3
FIRST_SUSPENSION = timedelta(minutes=15)
MOST_SUSPENSIONS = 1000
SLOW_SECONDS = 2.0
# While the mail server itself is this slow on average, no domain is treated as slow.
ALL_SLOW_SECONDS = 1.0
SERVER_PHASES = (Phase.RECIPIENT, Phase.DATA, Phase.ANSWER)
NOT_SUSPENDED = {"suspensions": 0, "reason": "", "reason_values": {}, "suspended_until": None}

# A sender may miss its slot this often; then it leaves the mail to another.
SLOT_TRIES = 5


class Memory:
    """The answers that this process has had. `refused`: the mails that each domain refused since it last
    accepted one; `everywhere`: the same since any mail was accepted; `turned_away`: how often the mail server
    has refused to talk since then; `usual`: the average seconds of an answer."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.usual = 0.0
        self.refused: defaultdict[str, set[UUID]] = defaultdict(set)
        self.everywhere: defaultdict[str, set[UUID]] = defaultdict(set)
        self.turned_away = 0

    def accepted(self, domain: str) -> None:
        if not (self.refused or self.everywhere or self.turned_away):
            return
        with self.lock:
            self.refused.pop(domain, None)
            self.everywhere.clear()
            self.turned_away = 0

    def count(self, delivery: Delivery, answer: Answer) -> dict[str, int]:
        """Count one refusal. Return the lanes that may be at fault, with their refusals in a row."""
        with self.lock:
            if answer.code == 421 or answer.phase not in SERVER_PHASES:
                self.turned_away += 1
                return {ALL: self.turned_away}
            self.refused[delivery.domain].add(delivery.pk)
            self.everywhere[delivery.domain].add(delivery.pk)
            counts = {delivery.domain: len(self.refused[delivery.domain])}
            if len(self.everywhere) >= DOMAINS:
                counts = {ALL: sum(map(len, self.everywhere.values())), **counts}
            return counts


memory = Memory()


def learn(delivery: Delivery, answer: Answer, seconds: float, now: datetime) -> None:
    """Count the answer to a delivery, and the seconds that the server took for it."""
    lanes = last_read()
    if answer.phase in SERVER_PHASES:
        _time_answer(lanes, delivery.domain, seconds, now)
    if answer.outcome is Outcome.ACCEPTED:
        memory.accepted(delivery.domain)
        for limit in (lanes.get(delivery.domain), lanes.get(ALL)):
            if limit is not None and limit.suspensions and not limit.is_suspended(now):
                _recover(limit, now)
    elif answer.code is not None and answer.code >= 400 and _may_be_ours(answer):
        for domain, count in memory.count(delivery, answer).items():
            again = domain in lanes and lanes[domain].suspensions
            if count >= (THRESHOLD_AGAIN if again else THRESHOLD):
                reply = f"{answer.code} {cleaned(answer.text, delivery.to_address)}"
                _suspend(domain, count, reply, now)
                break


def _may_be_ours(answer: Answer) -> bool:
    """Return whether a refusal may concern all our mail, and not only one bad address."""
    return not is_hard_bounce(answer) or is_unexplained(answer)


def _suspend(domain: str, count: int, said: str, now: datetime) -> None:
    """Suspend a lane for 15 minutes, and twice as long each time until a mail is accepted."""
    with transaction.atomic():
        limit = Limit.objects.select_for_update().get_or_create(domain=domain)[0]
        if not limit.is_suspended(now):
            length = FIRST_SUSPENSION * 2 ** min(limit.suspensions, 10)
            limit.suspended_until = now + min(length, LONGEST_SUSPENSION)
            limit.reason, limit.reason_values = Limit.Reason.REFUSED, {"count": count, "said": said}
            limit.suspensions = min(limit.suspensions + 1, MOST_SUSPENSIONS)
            limit.save(update_fields=[*NOT_SUSPENDED])
            log.warning("limit %s: suspended until %s", limit.pk, limit.suspended_until)
    memory.accepted(domain)  # start its count again
    read(now)


def _recover(limit: Limit, now: datetime) -> None:
    """End a suspension that is over, because a mail was accepted after it."""
    limit.suspensions = 0
    Limit.objects.filter(pk=limit.pk).exclude(suspended_until__gt=now).update(**NOT_SUSPENDED)
    forget_idle(limit.domain)


def send_again(limit: Limit) -> None:
    """End a suspension now, as the coach wishes. Refusals are counted anew."""
    Limit.objects.filter(pk=limit.pk).update(**NOT_SUSPENDED, slow_until=None)
    forget_idle(limit.domain)


def _time_answer(lanes: Lanes, domain: str, seconds: float, now: datetime) -> None:
    """Count the seconds that a domain took to answer: mail to a slow domain goes separately, until it answers
    quickly or SLOW_FOR is over."""
    limit = lanes.get(domain)
    is_apart = limit is not None and limit.is_slow(now)
    is_slow = seconds > SLOW_SECONDS and (is_apart or memory.usual < ALL_SLOW_SECONDS)
    if not is_apart:
        memory.usual += (seconds - memory.usual) / 5
    if is_slow:
        delay_turn(domain, seconds)
        _mark_slow(domain, now)
    elif is_apart:
        _unmark_slow(domain, now)


def _mark_slow(domain: str, now: datetime) -> None:
    limit = Limit.objects.get_or_create(domain=domain)[0]
    Limit.objects.filter(pk=limit.pk).update(slow_until=now + SLOW_FOR)
    read(now)


def _unmark_slow(domain: str, now: datetime) -> None:
    Limit.objects.filter(domain=domain).update(slow_until=None)
    forget_idle(domain)
    read(now)


class Throttle:
    """The limits, as one sender has read them."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def refresh(self) -> None:
        """Read the limits if the last reading is old. Without limits, only this costs a statement."""
        recent(self._clock())

    def is_open(self) -> bool:
        """Return whether there are no limits, so that the next mail is known in advance."""
        return not last_read()

    def wait(self, delivery: Delivery) -> bool:
        """Wait, two seconds at most for each limit, until a claimed delivery may be sent. Return False when
        it may not go so soon and is to be released. Mail about safety waits for nothing."""
        if self.is_open() or delivery.rules.priority == Priority.SAFETY:
            return True
        lanes = recent(self._clock())
        limit = lanes.get(delivery.domain)
        # A domain with its own lane since the claim waits there.
        if limit is not None and (delivery.lane != delivery.domain or not self._wait_for_slot(limit)):
            return False
        return ALL not in lanes or self._wait_for_slot(lanes[ALL])

    def _wait_for_slot(self, limit: Limit) -> bool:
        if limit.is_suspended(self._clock()):
            return False
        for _ in range(SLOT_TRIES):
            slot = rate_limit.take(limit, self._clock())
            if slot is None:
                return False
            sleep(max(0.0, (slot - self._clock()).total_seconds()))
            if rate_limit.is_in_time(slot, self._clock()):
                return True
        return False

    def learn(self, delivery: Delivery, answer: Answer, seconds: float) -> None:
        """Count the answer to a delivery, and the seconds that the server took for it."""
        learn(delivery, answer, seconds, self._clock())
