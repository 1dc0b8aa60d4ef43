"""What the messages of a batch depend on: what stands against them and what they say."""

from datetime import datetime, timedelta

from challenge import schedule
from challenge.delivery.standing import Standing
from challenge.mail.greeting import Greetings
from challenge.mail.revisions import Revisions, Whole
from challenge.models import Delivery, Revision

LATE = timedelta(hours=1)
NO_TIME = timedelta(0)
# What stands against a delivery, and what it says, are never older than this.
FRESH_FOR = timedelta(seconds=1)


class Outlook:
    """The outlook for one batch, as of the last look; between looks the database is not asked. `looks`
    says how often it was."""

    def __init__(self, batch: list[Delivery], whole: Whole) -> None:
        self._standing, self._revisions = Standing(batch), Revisions(batch, whole)
        self._greetings = Greetings(batch)
        self._looked_at: datetime | None = None
        self.looks = 0

    def is_old(self, now: datetime) -> bool:
        """Whether the last look is a second ago, or the clock has been set back since."""
        return self._looked_at is None or not NO_TIME <= now - self._looked_at < FRESH_FOR

    def look(self, now: datetime) -> None:
        self._standing.look()
        self._revisions.look()
        self._looked_at = now
        self.looks += 1

    def against(self, delivery: Delivery) -> str:
        """Why a delivery must not leave, in a sentence, or an empty text."""
        return self._standing.against(delivery)

    def words(self, delivery: Delivery) -> tuple[Revision | None, str]:
        """The revision and the greeting of a delivery, where it is a lesson."""
        return self._revisions.of(delivery), self._greetings.of(delivery)


def is_closed(delivery: Delivery, now: datetime) -> bool:
    """Whether a delivery may no longer leave: then it is the planner's or close()'s next."""
    return delivery.closes_at is not None and delivery.closes_at <= now


def not_before(delivery: Delivery, now: datetime) -> datetime:
    """When a delivery may leave: mail that answers a runner at once, or by daylight when it is late.

    Lessons have windows of their own, which the planner opens.
    """
    if delivery.kind == Delivery.Kind.LESSON or now - delivery.due_at < LATE:
        return now
    return schedule.daylight(now, delivery.enrollment.zone)
