"""The timeline of an enrollment: all its events, oldest first."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Consent
from accounts.words import isolated
from challenge.coach.runners.timeline_check_ins import check_ins
from challenge.coach.runners.timeline_entry import AttemptRow, Entry
from challenge.coach.runners.written import Written, written
from challenge.coach.wording import OUTCOMES, PHASES, mail_name, runner_time_if_other, sentence, when
from challenge.models import (
    Attempt,
    Delivery,
    DeliveryEvent,
    Enrollment,
    Event,
    Hold,
    OwnAnswer,
    Screening,
)
from challenge.safety.screening import in_words


def timeline(enrollment: Enrollment) -> list[Entry]:
    """Read the timeline in ten statements, whatever its length."""
    # Load again: the deliveries of the day strip lack most fields.
    deliveries = Delivery.objects.filter(enrollment=enrollment).order_by("due_at", "copy")
    deliveries = deliveries.select_related("recall__stretch").prefetch_related("delivery_events")
    holds = list(Hold.objects.filter(enrollment=enrollment).select_related("cleared_by"))
    entries = [
        *_events(enrollment, holds),
        *_holds(holds),
        *_consents(enrollment),
        *(_mail(delivery, enrollment) for delivery in deliveries),
        *(entry for delivery in deliveries for entry in _returns(delivery)),
        *check_ins(enrollment),
        *(_screening(screening, enrollment) for screening in enrollment.screenings.all()),
        *(_written(said, enrollment) for said in written(enrollment)),
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _events(enrollment: Enrollment, holds: list[Hold]) -> Iterator[Entry]:
    """Yield all events but those that the entries of the holds tell in full."""
    told = {
        (kind, at) for hold in holds for kind, at in (("held", hold.opened_at), ("cleared", hold.cleared_at))
    }
    for event in Event.objects.filter(enrollment=enrollment):
        if (event.kind, event.at) in told:
            continue
        title = _("%(what)s by %(whom)s") % {
            "what": event.get_kind_display().capitalize(),
            "whom": event.get_actor_display(),
        }
        yield Entry(event.at, "event", title, lines=[event.says] if event.says else [])


def _holds(holds: list[Hold]) -> Iterator[Entry]:
    for hold in holds:
        title = _("Held by %(whom)s: %(why)s") % {"whom": hold.get_opened_by_display(), "why": hold.why}
        lines = [_("Told by: %(source)s.") % {"source": hold.get_source_display()}]
        lines += [str(hold.get_level_display())] if hold.level else []
        lines += [_("The lessons go on without exercise.")] if hold.words_only else []
        yield Entry(hold.opened_at, "hold", title, lines=lines, alert=True)
    cleared = {hold.cleared_at: hold for hold in holds if hold.cleared_at}
    for at, hold in cleared.items():
        title = _("Hold cleared by %(whom)s") % {
            "whom": isolated(hold.cleared_by.get_short_name()) if hold.cleared_by else _("the coach")
        }
        yield Entry(at, "hold", title, note=hold.cleared_because)


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
        title=f"{mail_name(delivery)}: {delivery.get_state_display()}",
        local_time=runner_time_if_other(at, enrollment),
        lines=[sentence(delivery), _("Due %(time)s.") % {"time": when(delivery.due_at)}],
        attempts=attempt_rows(delivery.attempts),
        message_id=delivery.message_id,
        alert=delivery.uncertain or delivery.state == Delivery.State.FAILED,
    )


def _returns(delivery: Delivery) -> Iterator[Entry]:
    """Yield the events of a sent mail, except that it was delivered."""
    for event in delivery.delivery_events.all():
        if event.kind != DeliveryEvent.Kind.DELIVERED:
            what = {"mail": mail_name(delivery), "what": event.get_kind_display()}
            source = _("Told by %(source)s.") % {"source": event.get_source_display()}
            yield Entry(
                at=event.at,
                kind="return",
                title=_("%(mail)s: %(what)s") % what,
                lines=[line for line in (event.detail, source) if line],
                alert=event.kind not in (DeliveryEvent.Kind.DEFERRED, DeliveryEvent.Kind.AUTORESPONDED),
            )


def attempt_rows(attempts: list[Attempt]) -> list[AttemptRow]:
    return [
        AttemptRow(
            at=when(datetime.fromisoformat(attempt["at"])),
            phase=str(PHASES.get(attempt["phase"], attempt["phase"])),
            outcome=str(OUTCOMES.get(attempt["outcome"], attempt["outcome"])),
            code=attempt["code"],
            answer=OwnAnswer.in_words(attempt["answer"]),
        )
        for attempt in attempts
    ]


def _written(said: Written, enrollment: Enrollment) -> Entry:
    return Entry(
        at=said.at,
        kind=said.kind,
        title=said.title,
        local_time=runner_time_if_other(said.at, enrollment),
        note=said.text,
        address=said.address,
        address_label=said.address_label,
    )


def _screening(screening: Screening, enrollment: Enrollment) -> Entry:
    harmless = ("", Screening.Result.CLEAR, Screening.Result.LEFT_OUT)
    return Entry(
        at=screening.answered_at,
        kind="screening",
        title=screening.get_result_display().capitalize() or _("The answers are not kept"),
        local_time=runner_time_if_other(screening.answered_at, enrollment),
        lines=[*in_words(screening.answers), _("Questions of %(version)s.") % {"version": screening.version}],
        alert=screening.result not in harmless,
    )
