"""What the items on the desk are about, and what the runners said: loaded in as many statements for one item
as for a hundred."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from challenge.models import CheckIn, Delivery, DeskItem, Escalation, Hold, Message, Screening
from challenge.safety.screening import in_words

Kind, Source = DeskItem.Kind, Hold.Source


@dataclass(frozen=True)
class Quote:
    """Words in full; `by` is who said them and where."""

    by: str
    text: str


class DeskFacts:
    """The rows behind items. A row that is gone is None."""

    def __init__(self, items: Collection[DeskItem], escalations: dict[str, Escalation]) -> None:
        self.escalations = escalations
        about = {kind: [item.about for item in items if item.kind == kind] for kind in Kind}
        rows = Hold.objects.filter(pk__in=about[Kind.HOLD])
        self.holds = {str(hold.pk): hold for hold in rows}
        # A link of an earlier run may have led to what holds the runner now.
        holds = [(item.enrollment.runner_id, hold) for item in items if (hold := self.hold(item))]
        self._load_messages(about[Kind.MESSAGE], holds)
        self._load_check_ins(about[Kind.DOUBTFUL] + about[Kind.PAIN], holds)
        self._load_screenings(holds)
        mails = Delivery.objects.filter(pk__in=about[Kind.MAIL]).select_related("recall__stretch")
        self.mails = {str(mail.pk): mail for mail in mails.prefetch_related("delivery_events")}

    def _load_messages(self, about: list[str], holds: list[tuple[int, Hold]]) -> None:
        """Load messages, and those for which a message's hold was opened in the same transaction."""
        from_message = [(runner, hold) for runner, hold in holds if hold.source == Source.MESSAGE]
        behind = Q(
            enrollment__runner__in=[runner for runner, _hold in from_message],
            at__in=[hold.opened_at for _runner, hold in from_message],
            direction=Message.Direction.IN,
        )
        rows = list(Message.objects.filter(Q(pk__in=about) | behind).select_related("enrollment"))
        self.messages = {str(row.pk): row for row in rows}
        self._written = {(row.enrollment.runner_id, row.at): row for row in rows}

    def _load_check_ins(self, about: list[str], holds: list[tuple[int, Hold]]) -> None:
        """Load check-ins, and all of the runners whom a check-in holds."""
        held = [runner for runner, hold in holds if hold.source == Source.CHECK_IN]
        found = CheckIn.objects.filter(Q(pk__in=about) | Q(enrollment__runner__in=held))
        rows = list(found.select_related("enrollment"))
        self.check_ins = {str(row.pk): row for row in rows}
        self._reported = {(row.enrollment_id, str(row.day)): row for row in rows}
        self._saved = {(row.enrollment.runner_id, row.updated_at): row for row in rows}

    def _load_screenings(self, holds: list[tuple[int, Hold]]) -> None:
        """Load the answers to the ten questions for which a hold was opened in the same transaction."""
        held = [(runner, hold) for runner, hold in holds if hold.source == Source.SCREENING]
        rows = Screening.objects.filter(
            enrollment__runner__in=[runner for runner, _hold in held],
            answered_at__in=[hold.opened_at for _runner, hold in held],
        )
        self._answered = {
            (row.enrollment.runner_id, row.answered_at): row for row in rows.select_related("enrollment")
        }

    def hold(self, item: DeskItem) -> Hold | None:
        """Return the hold of an item: the reason of an escalation, or what lies there itself."""
        if item.kind == Kind.ESCALATION:
            escalation = self.escalations.get(item.about)
            return escalation.hold if escalation else None
        return self.holds.get(item.about) if item.kind == Kind.HOLD else None

    def check_in(self, item: DeskItem) -> CheckIn | None:
        if item.kind in (Kind.DOUBTFUL, Kind.PAIN):
            return self.check_ins.get(item.about)
        hold = self.hold(item)
        if hold is None or hold.source != Source.CHECK_IN:
            return None
        saved = self._saved.get((item.enrollment.runner_id, hold.opened_at))
        return saved or self._reported.get((hold.enrollment_id, str(hold.values.get("day", ""))))

    def message(self, item: DeskItem) -> Message | None:
        if item.kind == Kind.MESSAGE:
            return self.messages.get(item.about)
        hold = self.hold(item)
        if hold is None or hold.source != Source.MESSAGE:
            return None
        return self._written.get((item.enrollment.runner_id, hold.opened_at))

    def screening(self, item: DeskItem) -> Screening | None:
        hold = self.hold(item)
        if hold is None or hold.source != Source.SCREENING:
            return None
        return self._answered.get((item.enrollment.runner_id, hold.opened_at))

    def said(self, item: DeskItem) -> list[Quote]:
        """Return the words behind an item, the runner's and the coach's, as far as they are kept."""
        words = [*_in_message(self.message(item)), *_in_check_in(self.check_in(item))]
        words += _in_screening(self.screening(item))
        hold = self.hold(item)
        if hold and (text := hold.values.get("said")):
            words.append(Quote(_("The coach"), text))
        return words


def _in_message(message: Message | None) -> Iterator[Quote]:
    if message:
        by = _("Asked about day %(day)d") % {"day": message.day} if message.day else _("Wrote")
        yield Quote(by, message.text)


def _in_screening(screening: Screening | None) -> list[Quote]:
    answers = in_words(screening.answers) if screening else []
    return [Quote(_("Answered to the ten questions"), "\n".join(answers))] if answers else []


def _in_check_in(check_in: CheckIn | None) -> Iterator[Quote]:
    if check_in is None:
        return
    day = {"day": check_in.day}
    if check_in.pain is not None:
        said = _("Pain %(score)d of 10.") % {"score": check_in.pain}
        yield Quote(_("Check-in of day %(day)d") % day, said)
    where = ", ".join(filter(None, [str(check_in.get_place_display()), check_in.pain_where]))
    if where:
        yield Quote(_("Where it hurts, on day %(day)d") % day, where)
    if check_in.note:
        yield Quote(_("Note of day %(day)d") % day, check_in.note)
