"""F17: runners change hour and zone while their course runs.

The planner's own `turn` decides, on rows that are not saved, for every example; some of them go through
the database as well, from confirming to sending, and must come out the same to the second.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import cycle
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from accounts.models import Consent, User, request_consents
from challenge.delivery.plan import plan
from challenge.enrollment.confirm import Confirmation, confirm
from challenge.enrollment.transitions import reschedule
from challenge.models import Delivery, Enrollment, Event, Program
from challenge.safety.answering import answer
from tests.faults.journeys import EVENTS, LENGTH, Journey, Sent, course, journeys, trouble
from tests.faults.model.server import InProcessServer
from tests.faults.report import Fault, Result, Scale

EXAMPLES = {Scale.SMALL: 60, Scale.FULL: 10_000}
SAVED = {Scale.SMALL: 3, Scale.FULL: 200}


def run(scale: Scale, folder: Path) -> Result:
    result = Result(mails=0, injected=0)
    program = Program.objects.get()

    def holds(journey: Journey) -> None:
        sent = course(journey)
        result.mails += len(sent)
        result.injected += len(journey.moves)
        assert not (said := trouble(sent)), said

    def agrees(journey: Journey) -> None:
        assert by_rows(journey, program) == course(journey), "the ledger's course is another one"

    result.breaches += [*_broken(holds, EXAMPLES[scale]), *_broken(agrees, SAVED[scale])]
    result.note = f"{EXAMPLES[scale]} examples, {SAVED[scale]} through the database too"
    return result


def _broken(check: Callable[[Journey], None], examples: int) -> Iterator[str]:
    """Find the smallest journey, if there is any, for which a check fails."""
    options = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        options(given(journeys())(check))()
    except AssertionError as error:
        yield "\n".join([str(error), *getattr(error, "__notes__", [])])


def by_rows(journey: Journey, program: Program) -> list[Sent]:
    """Return the lessons of a journey from the ledger: confirmed, planned, moved and sent as in real life."""
    server, sent, moves = InProcessServer(journey.confirmed_at), list[Sent](), list(journey.moves)
    waits = cycle(journey.waits)
    with _runner(journey, program) as enrollment:
        confirm(enrollment.pk, Confirmation.unchanged(enrollment), journey.confirmed_at)
        answer(enrollment.pk, [], journey.confirmed_at)
        for _event in range(EVENTS):
            enrollment.refresh_from_db()
            now = enrollment.next_due_at
            assert now is not None
            if moves and moves[0].at <= now:
                move = moves.pop(0)
                reschedule(enrollment.pk, move.wall, move.zone, Event.Actor.RUNNER, move.at)
                continue
            plan(now)
            if not _is_planned(now):
                continue
            server.now = now + next(waits)
            if moves and moves[0].at <= server.now:
                continue
            server.send_due()
            lessons = Delivery.objects.filter(kind=Delivery.Kind.LESSON)
            days = {str(lesson.pk): lesson.day for lesson in lessons}
            sent += [
                Sent(days[key], at, enrollment.time_zone) for at, _who, key in server.arrived if key in days
            ]
            server.arrived.clear()
            if len(sent) == LENGTH:
                break
    return sent


def _is_planned(now: datetime) -> bool:
    waiting = Delivery.objects.filter(kind=Delivery.Kind.LESSON, state__in=Delivery.WAITING)
    return waiting.filter(due_at__lte=now, closes_at__gt=now).exists()


@contextmanager
def _runner(journey: Journey, program: Program) -> Iterator[Enrollment]:
    """Sign somebody up, and erase them afterwards."""
    runner = User.objects.create(email="mover@example.com", first_name="Mo")
    request_consents(runner, [Consent.Purpose.MAIL], Consent.Form.SIGN_UP, journey.confirmed_at)
    try:
        yield Enrollment.objects.create(
            runner=runner,
            program=program,
            starts_on=journey.starts_on,
            send_at=journey.wall,
            time_zone=journey.zone,
            created_at=journey.confirmed_at,
        )
    finally:
        runner.delete()


F17 = Fault(
    "Hour or zone changed mid-course: property test",
    "21 sends, on 21 local dates, in order, with gaps of at least 12 h",
    run,
)
