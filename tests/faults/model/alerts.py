"""The mails that tell coaches of an escalation: before all other mail, to every coach, until it is heeded."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from challenge.models import Delivery, DeskItem, Escalation
from challenge.models.mail_kinds import Kind
from challenge.safety.desk_sweep import sweep
from challenge.safety.escalations import escalate
from tests.faults.model.server import Handover
from tests.faults.model.simulation import COACHES, SECOND_CONTACT
from tests.faults.model.thread import WRITTEN

NEVER = datetime.max.replace(tzinfo=UTC)
LOOK = timedelta(hours=12)


class Alerts:
    def __init__(self) -> None:
        self.heeded: dict[int, datetime] = {}
        self.resolved: set[int] = set()
        self.next_at = NEVER
        # To whom which escalation was mailed.
        self._told: dict[int, set[str]] = defaultdict(set)
        self._is_urgent = False

    def opened(self, now: datetime) -> None:
        """Learn that there may be an escalation."""
        self.next_at = min(self.next_at, now + LOOK)

    def begin_batch(self, now: datetime) -> None:
        """Learn whether a sender, who claims a batch now, has anybody to alert."""
        waiting = Delivery.objects.filter(kind=Kind.ESCALATION, state__in=Delivery.WAITING)
        self._is_urgent = waiting.filter(try_at__lte=now, closes_at__gt=now).exists()

    def check(self, delivery: Delivery, handover: Handover, *, arrives: bool) -> None:
        """Check a message to a coach that is on the wire: it says nothing that anybody has written."""
        recipient = handover.recipient
        assert not WRITTEN.search(handover.text), f"{delivery} tells what somebody has written"
        expected = COACHES if delivery.kind == Kind.ESCALATION else (SECOND_CONTACT,)
        assert delivery.kind in (Kind.ESCALATION, Kind.SECOND), f"{delivery} to a coach"
        assert recipient in expected, f"{delivery} to {recipient}"
        about = delivery.escalation_id
        assert about is not None
        assert about not in self.resolved, f"{delivery} about what is resolved"
        heeded_at = self.heeded.get(about)
        assert heeded_at is None or delivery.due_at > heeded_at, f"{delivery} about what is acknowledged"
        if arrives:
            self._told[about].add(recipient)

    def check_other(self, delivery: Delivery) -> None:
        """Check a message to a runner that is on the wire."""
        assert not self._is_urgent, f"{delivery} before a coach was told of an escalation"

    def check_told(self, suppressed: set[str]) -> None:
        """Check, when all was well for some days, that every coach was told of what nobody has heeded."""
        for escalation in Escalation.objects.filter(state=Escalation.State.OPEN):
            missing = set(COACHES) - suppressed - self._told[escalation.pk]
            assert not missing, f"{missing} were not told of an escalation"

    def do(self, now: datetime) -> None:
        """Tell again of what nobody has heeded, and look whether the desk agrees with its reasons."""
        escalate(now)
        self.look(now)
        self.next_at = now + LOOK if Escalation.objects.unresolved().exists() else NEVER

    def look(self, now: datetime) -> None:
        """Compare the desk with its reasons: only mail that failed is found there."""
        before = _desk()
        sweep(now)
        assert _desk() == before, f"a sweep has changed {sorted(_desk() ^ before)}"


def _desk() -> set[tuple[str, str]]:
    lying = DeskItem.objects.filter(done_at=None).exclude(kind=DeskItem.Kind.MAIL)
    return set(lying.values_list("kind", "about"))
