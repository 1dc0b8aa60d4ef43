"""What coaches write to runners: each note once, each answer once, one after leaving."""

import re
from collections import defaultdict

from challenge.models import Delivery, Enrollment
from challenge.models.mail_kinds import Kind

WRITTEN = re.compile(rb"\b(?:Note|Answer|Memo|Message)-\d+\.")
# Why an answer may never leave.
EXCUSES = (Delivery.Reason.SUPPRESSED, Delivery.Reason.TOO_LATE)


class Thread:
    def __init__(self) -> None:
        # The notes of a run and a day, and those that were on the wire.
        self._notes: dict[tuple[int, int], set[str]] = defaultdict(set)
        self._noted: set[str] = set()
        # The run of each answer, the mails that have carried it, and those that came after leaving.
        self._answers: dict[str, int] = {}
        self._mails: dict[str, set[str]] = defaultdict(set)
        self._farewells: dict[int, set[str]] = defaultdict(set)
        self._left_once: set[int] = set()

    def noted(self, text: str, run: int, day: int, *, replaces: bool) -> None:
        if replaces:
            self._notes[run, day].clear()
        self._notes[run, day].add(text)

    def answered(self, text: str, run: int) -> None:
        self._answers[text] = run

    def leave(self, runs: list[int]) -> None:
        self._left_once.update(runs)
        for run in runs:
            self._farewells.pop(run, None)

    def check_answered(self) -> None:
        """Check, when all was well for some days, that every answer was on the wire, but to who has left."""
        excused = Delivery.objects.filter(kind=Kind.ANSWER, reason__in=EXCUSES)
        there = set(Enrollment.objects.values_list("pk", flat=True)) - self._left_once
        missing = {text for text, run in self._answers.items() if run in there} - set(self._mails)
        missing -= set(excused.values_list("answer__text", flat=True))
        assert not missing, f"{missing} never came"

    def check(self, delivery: Delivery, text: bytes, *, has_left: bool, arrives: bool) -> None:
        """Check a message to a runner that is on the wire."""
        found, run = {one.decode() for one in WRITTEN.findall(text)}, delivery.enrollment_id
        assert run is not None
        if delivery.kind == Kind.LESSON:
            self._check_notes(delivery, run, found)
        elif delivery.kind == Kind.ANSWER:
            self._check_answer(delivery, run, found)
            if has_left and arrives:
                self._farewells[run].add(str(delivery.pk))
                assert len(self._farewells[run]) == 1, f"{delivery} is the second answer after leaving"
        else:
            assert not found, f"{delivery} holds {found}"

    def _check_notes(self, delivery: Delivery, run: int, found: set[str]) -> None:
        expected = self._notes[run, delivery.day]
        assert found == expected, f"{delivery} holds {found}, and not {expected}"
        self._noted |= found
        for (whose, day), texts in self._notes.items():
            if whose == run and day < delivery.day:
                assert texts <= self._noted, f"{delivery} comes after a note of day {day} that never came"

    def _check_answer(self, delivery: Delivery, run: int, found: set[str]) -> None:
        assert len(found) == 1, f"{delivery} holds {found}"
        (text,) = found
        assert self._answers.get(text) == run, f"{delivery} to another than who has asked"
        self._mails[text].add(str(delivery.pk))
        assert len(self._mails[text]) == 1, f"{text} comes by two mails"
