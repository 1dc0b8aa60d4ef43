"""A12: while lessons go out as fast as they can, runners are held, one after the other. The coach is told of
each within a minute, before the lessons that were due already. Worker and beat are those that ship."""

from pathlib import Path
from time import monotonic

from django.utils import timezone

from accounts.models import User
from challenge.enrollment.holding import Danger, hold
from challenge.models import Delivery, Event, Hold, Program, SafetyLevel
from challenge.models.mail_kinds import Kind
from challenge.runtime.redis import serve
from tests.faults.report import Fault, Result, Scale
from tests.support.crowd import crowd
from tests.support.workers import await_ready, mailroom, wait_until

# Lessons that are due, and runners who are held meanwhile.
SIZES = {Scale.SMALL: (150, 2), Scale.FULL: (20_000, 20)}
WITHIN = 60.0
PAIN = Danger(Hold.Reason.SHARP_PAIN, SafetyLevel.TODAY, Hold.Source.CHECK_IN)


def run(scale: Scale, folder: Path) -> Result:
    lessons, holds = SIZES[scale]
    User.objects.create_user("coach@example.org", is_staff=True)
    runners = crowd(Program.objects.get(), lessons)
    result, waits = Result(lessons, holds), list[float]()
    with serve(folder / "redis") as redis_url, mailroom(folder, redis_url, seconds=0.01) as room:
        await_ready(room.worker())
        room.beat("challenge.celery")
        for number in range(holds):
            room.wait_for_mail(1 + number * lessons // (2 * holds), 300)
            # The last ones' lessons have not left yet.
            hold(runners[-1 - number].pk, PAIN, Event.Actor.SYSTEM, timezone.now())
            began = monotonic()
            mail = Delivery.objects.filter(kind=Kind.ESCALATION).latest("due_at")
            wait_until(lambda: mail.message_id in room.arrived(), 2 * WITHIN, "the coach is told")  # noqa: B023
            waits.append(monotonic() - began)
        left = Delivery.objects.filter(kind=Kind.LESSON).exclude(state=Delivery.State.SENT).count()
    result.stall = max(waits)
    result.note = f"the coach was told after {max(waits):.1f} s at most; {left} lessons were still to go"
    if result.stall > WITHIN:
        result.breaches.append(f"the coach was told after {result.stall:.0f} s")
    return result


A12 = Fault("Runners are held while all lessons are due", "the coach is told within 60 s", run)
