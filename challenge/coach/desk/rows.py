"""One item on the desk as a row: why it lies there, what was said, and what a coach can do."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from challenge.coach.desk.links import ANSWER, link_of
from challenge.coach.desk.told import DeskFacts, Kind, Quote
from challenge.coach.wording import ago, mail_name, shortly, when
from challenge.models import Delivery, DeliveryEvent, DeskItem, Escalation, Hold, SafetyLevel
from challenge.models.delivery_event import last_is_bounce
from challenge.safety.desk import DONE_BY_HAND, may_be_snoozed


@dataclass(frozen=True)
class DeskRow:
    """`standing` says who has taken care of an escalation; `answer` is the address of a page."""

    item: DeskItem
    reason: str
    standing: str
    said: list[Quote]
    age: str
    since: str
    answer: str
    escalation: Escalation | None = None
    hold: Hold | None = None

    @property
    def is_urgent(self) -> bool:
        return self.item.kind in (Kind.ESCALATION, Kind.HOLD)

    @property
    def may_acknowledge(self) -> bool:
        return self.escalation is not None and self.escalation.state == Escalation.State.OPEN

    @property
    def may_resolve(self) -> bool:
        return self.escalation is not None and self.escalation.state != Escalation.State.RESOLVED

    @property
    def may_snooze(self) -> bool:
        return may_be_snoozed(self.item, self.escalation)

    @property
    def may_be_done(self) -> bool:
        return self.item.kind in DONE_BY_HAND

    @property
    def is_mail(self) -> bool:
        return self.item.kind == Kind.MAIL


def row_of(item: DeskItem, told: DeskFacts, now: datetime) -> DeskRow:
    escalation = told.escalations.get(item.about) if item.kind == Kind.ESCALATION else None
    message = told.message(item) if item.kind == Kind.MESSAGE else None
    return DeskRow(
        item=item,
        reason=reason_of(item, told),
        standing=_standing(escalation) if escalation else "",
        said=told.said(item),
        age=ago(item.since, now),
        since=when(item.since),
        answer=link_of(ANSWER, message.pk) if message else "",
        escalation=escalation,
        hold=told.hold(item),
    )


def reason_of(item: DeskItem, told: DeskFacts) -> str:
    """Word why an item lies on the desk. Where its row is gone, the kind says it."""
    words = ""
    if hold := told.hold(item):
        words = _with_level(hold.why, hold.level)
    elif escalation := told.escalations.get(item.about) if item.kind == Kind.ESCALATION else None:
        words = _with_level(str(Hold.Reason.SAFETY.label), escalation.level)
    elif message := told.message(item) if item.kind == Kind.MESSAGE else None:
        words = _("asked a question")
        if message.doubt:
            doubt = {"doubt": message.get_doubt_display()}
            words = _("a question that may not be the runner's own: %(doubt)s") % doubt
    elif check_in := told.check_in(item):
        words = _("told of pain or trouble")
        if item.kind == Kind.DOUBTFUL:
            said = check_in.get_doubt_display() or str(check_in)
            words = _("a report that may not be the runner's own: %(doubt)s") % {"doubt": said}
    elif mail := told.mails.get(item.about):
        words = _trouble(mail)
    return capfirst(words or str(item.get_kind_display()))


def _with_level(why: str, level: str) -> str:
    if not level:
        return why
    return _("%(why)s (%(level)s)") % {"why": why, "level": SafetyLevel(level).label}


def _trouble(mail: Delivery) -> str:
    if mail.state != Delivery.State.FAILED and last_is_bounce(mail):
        bounces = [event for event in mail.delivery_events.all() if event.kind in DeliveryEvent.BOUNCES]
        said = bounces[-1].detail or bounces[-1].get_kind_display()
        return _("%(mail)s came back: %(said)s") % {"mail": mail_name(mail), "said": said}
    return _("%(mail)s failed: %(said)s") % {"mail": mail_name(mail), "said": mail.why}


def _standing(escalation: Escalation) -> str:
    if escalation.state == Escalation.State.OPEN:
        return _("Nobody takes care of it yet.")
    return acknowledged(escalation)


def acknowledged(escalation: Escalation) -> str:
    who = escalation.acknowledged_by
    return _("%(who)s acknowledged it at %(time)s.") % {
        "who": who.get_short_name() if who else _("The second contact"),
        "time": shortly(escalation.acknowledged_at) if escalation.acknowledged_at else "",
    }


def resolved(escalation: Escalation) -> str:
    """Word who resolved it; it ends by itself where nobody did."""
    if not escalation.resolved_by or not escalation.resolved_at:
        return _("It ended by itself.")
    return _("%(who)s resolved it at %(time)s.") % {
        "who": escalation.resolved_by.get_short_name(),
        "time": shortly(escalation.resolved_at),
    }
