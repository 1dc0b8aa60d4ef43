"""One runner's story: everything that happened to an enrollment, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Consent
from challenge.coach.runners.enrollment_queries import PAIN_LEVELS
from challenge.coach.wording import OUTCOMES, PHASES, if_other, name_of, sentence, when
from challenge.models import Attempt, CheckIn, Delivery, DeliveryEvent, Enrollment, Event, Question

KINDS = {
    "event": gettext_lazy("Event"),
    "mail": gettext_lazy("Mail"),
    "return": gettext_lazy("Return"),
    "check-in": gettext_lazy("Check-in"),
    "question": gettext_lazy("Question"),
    "consent": gettext_lazy("Consent"),
}


@dataclass(frozen=True)
class Try:
    """One attempt to hand a mail over, in words."""

    at: str
    phase: str
    outcome: str
    code: int | None
    answer: str


@dataclass(frozen=True)
class Entry:
    """One line of the story. `hers` is `at` on the runner's own clock; `alert` draws the eye."""

    at: datetime
    kind: str
    title: str
    hers: str = ""
    lines: list[str] = field(default_factory=list)
    note: str = ""
    tries: list[Try] = field(default_factory=list)
    message_id: str = ""
    alert: bool = False

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])

    @property
    def time(self) -> str:
        return when(self.at)


def story(enrollment: Enrollment) -> list[Entry]:
    """The whole of it; six statements, however long it is."""
    # Asked for afresh: what the strip was drawn from has only the fields that a strip needs.
    deliveries = Delivery.objects.filter(enrollment=enrollment).order_by("due_at", "copy")
    deliveries = deliveries.select_related("recall__stretch").prefetch_related("delivery_events")
    check_ins = CheckIn.objects.filter(enrollment=enrollment).order_by("created_at")
    entries = [
        *_events(enrollment),
        *_consents(enrollment),
        *(_mail(delivery, enrollment) for delivery in deliveries),
        *(entry for delivery in deliveries for entry in _returns(delivery)),
        *(_check_in(told, enrollment) for told in check_ins),
        *(_question(asked, enrollment) for asked in enrollment.questions.all()),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _events(enrollment: Enrollment) -> Iterator[Entry]:
    for event in Event.objects.filter(enrollment=enrollment):
        title = _("%(what)s by %(whom)s") % {
            "what": event.get_kind_display().capitalize(),
            "whom": event.get_actor_display(),
        }
        yield Entry(event.at, "event", title, lines=[event.says] if event.says else [])


def _consents(enrollment: Enrollment) -> Iterator[Entry]:
    for consent in Consent.objects.filter(user=enrollment.runner_id):
        what = {"purpose": consent.get_purpose_display(), "version": consent.version}
        if consent.given_at:
            yield Entry(
                consent.given_at, "consent", _("Consent given: %(purpose)s (wording %(version)s)") % what
            )
        else:
            yield Entry(consent.asked_at, "consent", _("Consent asked for: %(purpose)s") % what)
        if consent.withdrawn_at:
            yield Entry(
                consent.withdrawn_at, "consent", _("Consent withdrawn: %(purpose)s") % what, alert=True
            )


def _mail(delivery: Delivery, enrollment: Enrollment) -> Entry:
    at = delivery.sent_at or delivery.due_at
    return Entry(
        at=at,
        kind="mail",
        title=f"{name_of(delivery)}: {delivery.get_state_display()}",
        hers=if_other(at, enrollment),
        lines=[sentence(delivery), _("Due %(time)s.") % {"time": when(delivery.due_at)}],
        tries=tries(delivery.attempts),
        message_id=delivery.message_id,
        alert=delivery.uncertain or delivery.state == Delivery.State.FAILED,
    )


def _returns(delivery: Delivery) -> Iterator[Entry]:
    """What came back of a mail. That it was delivered is no news."""
    for came in delivery.delivery_events.all():
        if came.kind != DeliveryEvent.Kind.DELIVERED:
            what = {"mail": name_of(delivery), "what": came.get_kind_display()}
            told = _("Told by %(source)s.") % {"source": came.get_source_display()}
            yield Entry(
                at=came.at,
                kind="return",
                title=_("%(mail)s: %(what)s") % what,
                lines=[line for line in (came.detail, told) if line],
                alert=came.kind not in (DeliveryEvent.Kind.DEFERRED, DeliveryEvent.Kind.AUTORESPONDED),
            )


def tries(attempts: list[Attempt]) -> list[Try]:
    """The attempts of a delivery in words."""
    return [
        Try(
            at=when(datetime.fromisoformat(attempt["at"])),
            phase=str(PHASES.get(attempt["phase"], attempt["phase"])),
            outcome=str(OUTCOMES.get(attempt["outcome"], attempt["outcome"])),
            code=attempt["code"],
            answer=attempt["answer"],
        )
        for attempt in attempts
    ]


def _question(asked: Question, enrollment: Enrollment) -> Entry:
    return Entry(
        at=asked.asked_at,
        kind="question",
        title=_("Asked about day %(day)d") % {"day": asked.day},
        hers=if_other(asked.asked_at, enrollment),
        note=asked.text,
    )


def _check_in(told: CheckIn, enrollment: Enrollment) -> Entry:
    lines = []
    if told.tightness is not None:
        lines.append(_("Tightness %(score)d of 10.") % {"score": told.tightness})
    if told.pain is not None:
        lines.append(_("Pain %(score)d of 10.") % {"score": told.pain})
    if told.pain_where:
        lines.append(_("It hurts here: %(where)s.") % {"where": told.pain_where})
    if told.distance is not None:
        lines.append(
            _("Ran %(distance)s %(unit)s.")
            % {"distance": f"{told.distance.normalize():f}", "unit": told.get_unit_display()}
        )
    if told.updated_at != told.created_at:
        lines.append(_("Changed %(time)s.") % {"time": when(told.updated_at)})
    return Entry(
        at=told.created_at,
        kind="check-in",
        title=str(told),
        hers=if_other(told.created_at, enrollment),
        lines=lines,
        note=told.note,
        alert=(told.pain or 0) >= min(PAIN_LEVELS),
    )
