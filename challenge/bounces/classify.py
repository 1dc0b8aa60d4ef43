"""Addresses that do not exist: recognised from what servers say, and not written to again.

A wrong suppression silences a runner who can be reached, so a refusal counts against the address only
where it says so; any other is for a while (returns.py counts those).
"""

import re
from datetime import datetime

from accounts.models import User
from challenge.models import Enrollment, Event, Suppression
from challenge.models.attempt import Answer, Phase
from challenge.models.enrollment import log_event

# RFC 3463 and RFC 7505: no such mailbox, no such domain, bad syntax, moved, the domain takes no mail,
# and a mailbox that was closed. 5.1.0, 5.1.7 and 5.1.8 are said of senders too.
BAD_ADDRESS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
# Where there is no such status: these to RCPT TO mean the mailbox (RFC 5321, 4.2.3), unless the words
# speak of something else.
HARD_CODES = {550, 551, 553}
OF_SOMETHING_ELSE = re.compile(
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
# Neither an IP address nor a version: subjects go from 0 to 7.
STATUS = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?!\.?\d)")
ADDRESS = re.compile(r"\S+@\S+|[^\s<>]+=[^\s<>]+\.[^\s<>]+")
UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


def is_hard_bounce(answer: Answer) -> bool:
    """Whether the mail server's answer says that the address itself is bad."""
    if answer.phase is not Phase.RECIPIENT:
        return False
    found = statuses(answer.text)
    if found:
        return found <= BAD_ADDRESS
    return answer.code in HARD_CODES and not OF_SOMETHING_ELSE.search(ADDRESS.sub("", answer.text))


def is_unexplained(answer: Answer) -> bool:
    """Whether nothing but a bare code speaks against the address: a server that refuses all mail for a reason
    of its own may say no more either."""
    return not statuses(answer.text) and not NO_SUCH_MAILBOX.search(answer.text)


def is_bad_address(*texts: str) -> bool:
    """The same of what a report or a provider quotes, where nobody says which command was refused: all
    that is said has to agree."""
    found = {status for text in texts for status in statuses(text)}
    if found:
        return found <= BAD_ADDRESS
    said = " ".join(texts)
    names_it = CODE.search(said) and NO_SUCH_MAILBOX.search(said)
    return bool(names_it) and not OF_SOMETHING_ELSE.search(said)


def statuses(text: str) -> set[str]:
    """The enhanced status codes in a text (RFC 3463), those that say nothing (5.0.0) left out."""
    found = {".".join(parts) for parts in STATUS.findall(text)}
    return found - {"2.0.0", "4.0.0", "5.0.0"}


def cleaned(text: str, address: str) -> str:
    """What a server said, fit to be kept: one line, no address and no name of a mailbox."""
    line = UNPRINTABLE.sub(" ", text[:2000].encode("utf-8", "replace").decode())
    line = ADDRESS.sub("...", line)
    local = re.escape(address.rpartition("@")[0])
    return re.sub(rf"(?<!\w){local}(?!\w)", "...", line, flags=re.I).strip()[:200]


def suppress(runner: User, reason: Suppression.Reason, detail: str, now: datetime) -> None:
    """Put a runner's address on the list. A complaint goes before a bounce; nothing else is overwritten."""
    row, is_new = Suppression.objects.get_or_create(
        address_hash=runner.address_hash,
        defaults={"reason": reason, "detail": detail, "runner": runner, "created_at": now},
    )
    if is_new:
        return
    if reason == Suppression.Reason.COMPLAINED and row.reason == Suppression.Reason.BOUNCED:
        row.reason, row.detail = reason, detail
    row.runner = runner
    row.save(update_fields=["reason", "detail", "runner"])


def pause(runner: User, kind: Event.Kind, why: Event.Detail, now: datetime) -> None:
    """Pause whatever a runner has going on."""
    active = Enrollment.objects.filter(runner=runner, state=Enrollment.State.ACTIVE)
    for stopped in active:
        # Counted again in the UPDATE: she may have left meanwhile.
        if active.filter(pk=stopped.pk).update(state=Enrollment.State.PAUSED, next_due_at=None):
            log_event(stopped, kind, Event.Actor.SYSTEM, now, why)
