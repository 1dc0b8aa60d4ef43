"""Who may get which lesson: the questions before the course, holds, and what is left out."""

import re
from collections.abc import Iterable
from functools import cache

from challenge.models import Delivery, DeskItem, Enrollment, Escalation, Hold, Stretch
from challenge.models.mail_kinds import Kind

# What somebody may get whose exercise is held: what is about the hold, and what answers the runner.
WHILE_HELD = {Kind.HELD, Kind.ANSWER, Kind.LINKS, Kind.OWN_PAGE, Kind.LEFT, Kind.ERASING}
NOTHING_TO_DO = b"Nothing here is to be done now"


class Safety:
    """What the model's runners have told, and what the coach has lifted, by run."""

    def __init__(self) -> None:
        # The runs whose runners have answered the questions before the course.
        self.screened: set[int] = set()
        # The runs with a danger that stops them, or that leaves the words, and no coach has lifted.
        self.stopped: set[int] = set()
        self.words_only: set[int] = set()
        # The runs whose state alone was changed.
        self.halted: set[int] = set()
        # The titles of the movements that are left out for a run.
        self.left_out: dict[int, frozenset[str]] = {}
        # The addresses whose runners keep no health data here.
        self.without_consent: set[str] = set()

    def is_limited(self, run: int) -> bool:
        return run in self.stopped | self.words_only | self.halted

    def stop(self, run: int, *, words_only: bool) -> None:
        (self.words_only if words_only else self.stopped).add(run)

    def lift(self, run: int) -> None:
        for runs in (self.stopped, self.words_only, self.halted):
            runs.discard(run)

    def begin_anew(self, run: int, earlier: Iterable[int]) -> None:
        """Learn that a run is confirmed, into which the open holds of earlier ones move."""
        for runs in (self.stopped, self.words_only):
            if moved := runs.intersection(earlier):
                runs -= moved
                runs.add(run)

    def check(self, delivery: Delivery, enrollment: Enrollment, text: bytes) -> None:
        """Check a message that is on the wire."""
        run = enrollment.pk
        is_over = enrollment.state == Enrollment.State.COMPLETED
        if run in self.stopped | self.halted and not is_over:
            assert delivery.kind in WHILE_HELD, f"{delivery} to somebody who is held"
        if delivery.kind != Kind.LESSON:
            return
        assert run in self.screened, f"{delivery} before the questions were answered"
        shown = set(movements().findall(text))
        if run in self.words_only:
            assert not shown, f"{delivery} asks for {shown} in a hold"
            assert NOTHING_TO_DO in text, f"{delivery} says nothing of the hold"
            return
        assert NOTHING_TO_DO not in text, f"{delivery} speaks of a hold that was lifted"
        left_out = {title.upper().encode() for title in self.left_out.get(run, ())}
        assert not shown & left_out, f"{delivery} asks for {shown & left_out}, which are left out"
        assert shown or left_out, f"{delivery} asks for nothing"

    def check_holds(self) -> None:
        """Check that every open hold lies on the desk, with its one escalation unless a coach has opened it,
        and that each escalation that nobody has resolved lies there too."""
        lying = DeskItem.objects.filter(done_at=None).values_list("kind", "about")
        desk = sorted(item for item in lying if item[0] in (DeskItem.Kind.ESCALATION, DeskItem.Kind.HOLD))
        holds = list(Hold.objects.filter(cleared_at=None))
        unresolved = Escalation.objects.unresolved().values_list("pk", flat=True)
        expected = [(DeskItem.Kind.HOLD.value, str(one.pk)) for one in holds]
        expected += [(DeskItem.Kind.ESCALATION.value, str(pk)) for pk in unresolved]
        assert desk == sorted(expected), f"on the desk lies {desk}, and there is {sorted(expected)}"
        lifted = Escalation.objects.unresolved().filter(hold__cleared_at__isnull=False)
        assert not lifted.exists(), "a coach is still told of a hold that was lifted"
        told = list(Escalation.objects.values_list("hold", "enrollment"))
        wanted = [(one.pk, one.enrollment_id) for one in holds if one.source != Hold.Source.COACH]
        for each in wanted:
            assert told.count(each) == 1, f"hold {each[0]} has {told.count(each)} escalations"
        runs = {one.enrollment_id for one in holds}
        there = set(Enrollment.objects.values_list("pk", flat=True))
        expected_runs = (self.stopped | self.words_only) & there
        assert runs == expected_runs, f"holds are open for {runs}, and were told of for {expected_runs}"


@cache
def movements() -> re.Pattern[bytes]:
    """Return what finds the titles of the movements in a lesson's text, as they stand above their steps."""
    titles = [re.escape(title.upper().encode()) for title in Stretch.objects.values_list("title", flat=True)]
    return re.compile(rb"-{72}\r\n[^\r\n]+\r\n\r\n(%s)\r\n" % b"|".join(titles))
