"""The runners whose walk through the course the gallery shows, and the names of the mails that they get."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from challenge.checkins.record import CheckInData, record
from challenge.enrollment import transitions
from challenge.enrollment.sign_up import SignUpData
from challenge.models import Enrollment, Event, Program

BEGIN = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)  # a Tuesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IP = "192.0.2.1"
COACH, SECOND_CONTACT = "coach@example.org", "second@example.org"
STATUSES = ("done", "done", "partly", "done", "done", "done", "not_today")
TIGHTNESS = (6, 6, 7, 6, 5, 5, 6, 5, 5, 4, 5, 4, 4, 4, 3, 4, 3, 3, 3, 2, 3)
# The other mails by kind and runner's state, and the names that the gallery shows them under.
OTHER_MAILS = {
    ("confirmation", "mid"): "confirmation",
    ("reminder", "waiting"): "reminder",
    ("welcome", "mid"): "welcome",
    ("welcome", "unanswered"): "welcome-before-the-questions",
    ("screening", "unanswered"): "screening",
    ("links", "mid"): "links",
    ("links", "quiet"): "links-before-day-1",
    ("links", "after-a-pause"): "links-in-a-pause",
    ("links", "first-week"): "links-somebody-else",
    ("paused", "after-a-pause"): "paused",
    ("resumed", "after-a-pause"): "resumed",
    ("summary", "mid"): "summary",
    ("summary", "quiet"): "summary-quiet",
    ("goodbye", "mid"): "goodbye",
    ("left", "quiet"): "left",
    ("erasing", "first-week"): "erasing",
    ("own_page", "quiet"): "own-page",
    ("changed", "after-a-pause"): "changed",
    ("address", "after-a-pause"): "address",
    ("address_used", "mid"): "address-used",
    ("address_old", "after-a-pause"): "address-old",
    ("correction", "mid"): "correction",
    ("held", "quiet"): "held",
    ("held", "mid"): "held-without-exercise",
    ("cleared", "quiet"): "cleared",
    ("paused", "first-week"): "paused-by-coach",
    ("answer", "mid"): "answer",
    ("escalation", "coach"): "escalation",
    ("second", "coach"): "escalation-second-contact",
    ("lesson", "with-less"): "lesson-with-less",
    ("lesson", "words-only"): "lesson-words-only",
}


@dataclass(frozen=True)
class Someone:
    """A runner in one state, and the days of the runner's check-ins."""

    state: str
    what: str
    name: str
    checks_in: Callable[[int], bool]

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@example.com"

    @property
    def enrollment(self) -> Enrollment:
        return Enrollment.objects.select_related("runner", "program").get(runner__email=self.email)

    def wish(self, program: Program) -> SignUpData:
        tomorrow = (BEGIN + DAY).date()
        return SignUpData(self.email, self.name, program, tomorrow, time(7), "Europe/London")

    def respond(self, at: datetime) -> None:
        """Check in, and pause, as this runner does after a lesson."""
        enrollment = self.enrollment
        lesson = enrollment.deliveries.filter(kind="lesson", sent_at__gt=at - DAY / 2).first()
        if lesson and self.checks_in(lesson.day):
            status = STATUSES[lesson.day % len(STATUSES)]
            record(enrollment.pk, lesson.day, CheckInData(status, TIGHTNESS[lesson.day - 1]), at)
        if self.state == "after-a-pause":
            transitions.pause(enrollment.pk, transitions.PauseCause.RUNNER, at)

    def come_back(self, at: datetime) -> None:
        transitions.resume(self.enrollment.pk, Event.Actor.RUNNER, at)


CAST = (
    Someone("first-week", "new to it, checks in now and then", "Nora", lambda day: day % 3 == 0),
    Someone("mid", "in the middle of it, has checked in on every day", "Maya", lambda day: True),
    Someone("after-a-pause", "back from a pause before each lesson", "Robin", lambda day: True),
    Someone("quiet", "has never checked in", "Quinn", lambda day: False),
)
NORA, MAYA, ROBIN, QUINN = CAST
UNA = Someone("unanswered", "has not answered the ten questions", "Una", lambda day: False)
LENA = Someone("with-less", "for whom movements are left out", "Lena", lambda day: False)
THEO = Someone("words-only", "whose lessons come without exercise", "Theo", lambda day: False)
WAITING = Someone("waiting", "has not confirmed", "Wren", lambda day: False)
