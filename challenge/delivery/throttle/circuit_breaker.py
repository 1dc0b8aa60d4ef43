"""What the answers teach: a domain, or the mail server, that refuses one mail after the other is left
alone for a while, and a domain that answers slowly is written to apart from the others.

All of it is kept in the memory of each process; a row is written when something changes.
"""

import logging
import threading
from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from challenge.bounces.record import cleaned, is_hard_bounce, is_unexplained
from challenge.delivery.throttle.lanes import ALL, Lanes, answered_slowly, forget_idle, latest, read
from challenge.models import Delivery, Limit
from challenge.models.attempt import Answer, Outcome, Phase
from challenge.models.limit import LONGEST_REST, SLOW_FOR

log = logging.getLogger(__name__)

# So many refusals in a row make a lane rest; after a rest that taught it nothing, so few.
RUN, RUN_AGAIN = 12, 3
# When they are spread over so many domains, it is the mail server that refuses.
DOMAINS = 3
FIRST_REST = timedelta(minutes=15)
MOST_RESTS = 1000
SLOW_SECONDS = 2.0
# With the mail server itself so slow on the average, no domain is told apart.
ALL_SLOW_SECONDS = 1.0
ASKED = (Phase.RECIPIENT, Phase.DATA, Phase.ANSWER)


class Memory:
    """What this process has heard. `refused`: whose mail each domain refused since it last accepted one;
    `everywhere`: the same since any mail was accepted; `turned_away`: how often the mail server has
    refused to talk since then; `usual`: the seconds that an answer takes on the average."""

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
        """Note one refusal. To whom it may be laid, and how many in a row that makes."""
        with self.lock:
            if answer.code == 421 or answer.phase not in ASKED:
                self.turned_away += 1
                return {ALL: self.turned_away}
            self.refused[delivery.domain].add(delivery.pk)
            self.everywhere[delivery.domain].add(delivery.pk)
            counts = {delivery.domain: len(self.refused[delivery.domain])}
            if len(self.everywhere) >= DOMAINS:
                counts = {ALL: sum(map(len, self.everywhere.values())), **counts}
            return counts


memory = Memory()


def heard(delivery: Delivery, answer: Answer, seconds: float, now: datetime) -> None:
    """Learn from the answer to a delivery, for which the server took so many seconds."""
    lanes = latest()
    if answer.phase in ASKED:
        _time(lanes, delivery.domain, seconds, now)
    if answer.outcome is Outcome.ACCEPTED:
        memory.accepted(delivery.domain)
        for limit in (lanes.get(delivery.domain), lanes.get(ALL)):
            if limit is not None and limit.rests and not limit.is_resting(now):
                _trust(limit, now)
    elif answer.code is not None and answer.code >= 400 and _may_be_ours(answer):
        for domain, count in memory.count(delivery, answer).items():
            has_rested = domain in lanes and lanes[domain].rests
            if count >= (RUN_AGAIN if has_rested else RUN):
                said = f"{answer.code} {cleaned(answer.text, delivery.to_address)}"
                _rest(domain, count, said, now)
                break


def _may_be_ours(answer: Answer) -> bool:
    """Whether a refusal may be for us, and not for one bad address."""
    return not is_hard_bounce(answer) or is_unexplained(answer)


def _rest(domain: str, count: int, said: str, now: datetime) -> None:
    """Leave a lane alone: 15 minutes, twice as long each time until a mail is accepted."""
    reason = _("%(count)s mails were refused in a row, the last with: %(said)s")
    with transaction.atomic():
        limit = Limit.objects.select_for_update().get_or_create(domain=domain)[0]
        if not limit.is_resting(now):
            limit.resting_until = now + min(FIRST_REST * 2 ** min(limit.rests, 10), LONGEST_REST)
            limit.reason = (reason % {"count": count, "said": said})[:300]
            limit.rests = min(limit.rests + 1, MOST_RESTS)
            limit.save(update_fields=["resting_until", "reason", "rests"])
            log.warning("limit %s: rests until %s", limit.pk, limit.resting_until)
    memory.accepted(domain)  # from here it is counted anew
    read(now)


def _trust(limit: Limit, now: datetime) -> None:
    """A mail was accepted after a rest: the rest is forgotten."""
    limit.rests = 0
    over = Limit.objects.filter(pk=limit.pk).exclude(resting_until__gt=now)
    over.update(rests=0, reason="", resting_until=None)
    forget_idle(limit.domain)


def send_again(limit: Limit) -> None:
    """End a rest now, as the coach wishes. The next run of refusals begins anew."""
    Limit.objects.filter(pk=limit.pk).update(rests=0, reason="", resting_until=None, slow_until=None)
    forget_idle(limit.domain)


def _time(lanes: Lanes, domain: str, seconds: float, now: datetime) -> None:
    """Learn how long a domain took to answer: a slow one goes apart, until it answers quickly or the
    time is over."""
    limit = lanes.get(domain)
    is_apart = limit is not None and limit.is_slow(now)
    is_slow = seconds > SLOW_SECONDS and (is_apart or memory.usual < ALL_SLOW_SECONDS)
    if not is_apart:
        memory.usual += (seconds - memory.usual) / 5
    if is_slow:
        answered_slowly(domain, seconds)
        _set_apart(domain, now)
    elif is_apart:
        _take_in(domain, now)


def _set_apart(domain: str, now: datetime) -> None:
    limit = Limit.objects.get_or_create(domain=domain)[0]
    Limit.objects.filter(pk=limit.pk).update(slow_until=now + SLOW_FOR)
    read(now)


def _take_in(domain: str, now: datetime) -> None:
    Limit.objects.filter(domain=domain).update(slow_until=None)
    forget_idle(domain)
    read(now)
