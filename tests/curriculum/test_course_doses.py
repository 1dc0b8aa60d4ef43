"""The doses of the course that ships, and the faults of doses in files."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

from challenge.curriculum.course import CONTENT, Course, read_course
from challenge.curriculum.course_doses import check_course_doses, dose_rows
from challenge.curriculum.dose_table import DoseRow, hard_days_too_close, week_hold
from challenge.curriculum.parse import CourseError

pytestmark = pytest.mark.pure

Faults = Callable[..., list[str]]
# Seconds of front-of-hip hold for each side, by week and day.
HOLD = [[0, 0, 0, 60, 0, 60, 60], [90, 90, 90, 60, 60, 90, 60], [90, 90, 90, 90, 60, 90, 90]]
DAY_8, DAY_10, DAY_17 = (f"days/day-{number:02d}.md" for number in (8, 10, 17))


@pytest.fixture(scope="module")
def course() -> Course:
    return read_course(CONTENT / "reset-21")


@pytest.fixture(scope="module")
def rows(course: Course) -> list[DoseRow]:
    return dose_rows(list(course.days.values()), course.stretches)


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    folder = shutil.copytree(CONTENT / "reset-21", tmp_path / "reset-21")

    def change(name: str, old: str, new: str, count: int = 1) -> list[str]:
        path = folder / name
        source = path.read_text()
        assert re.search(old, source), (name, old)
        path.write_text(re.sub(old, new, source, count=count))
        with pytest.raises(CourseError) as caught:
            read_course(folder)
        return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]

    return change


def test_the_hold_of_each_day_and_week(course: Course, rows: list[DoseRow]) -> None:
    assert [[row.hold for row in rows[first : first + 7]] for first in (0, 7, 14)] == HOLD
    weeks = course.program["weeks"]
    assert [week_hold(week, rows) for week in weeks] == [180, 540, 600] == [sum(days) for days in HOLD]
    assert [week["hold_seconds"] for week in weeks] == [180, 540, 600]


def test_hard_loads_lie_three_days_apart(rows: list[DoseRow]) -> None:
    assert [row.number for row in rows if row.is_hard] == [15, 18, 21]
    assert hard_days_too_close(rows) == []
    loads = {row.number: row.loads for row in rows if row.is_hard}
    assert loads == {15: ["split-squat"], 18: ["strides"], 21: ["split-squat"]}


def test_a_day_takes_six_to_ten_minutes(rows: list[DoseRow]) -> None:
    assert [row.minutes for row in rows[:7]] == [8, 8, 6, 8, 7, 6, 6]
    assert [row.minutes for row in rows[7:14]] == [8, 7, 7, 7, 7, 7, 6]
    assert [row.minutes for row in rows[14:]] == [9, 7, 8, 6, 10, 7, 10]


def test_the_command_prints_points_rules_and_doses(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_course")
    printed = capsys.readouterr().out

    assert re.search(r"^E16  12 +Nerve roots of the lumbar plexus", printed, re.MULTILINE)
    assert "day-02, day-17, self-check, faq: bone stress injury" in printed
    assert re.search(r"^ 18 +90 +6  strides; leg-swings 2 x 10, half-kneeling", printed, re.MULTILINE)
    sums = re.findall(r"^Sum +(\d+) +(\d+)  (\d) days with load: (.*)$", printed, re.MULTILINE)
    assert sums == [
        ("180", "49", "4", "Find it"), ("540", "49", "3", "Free it"), ("600", "57", "4", "Run with it")
    ]  # fmt: skip
    assert re.search(r"^day 1: \d{3}, day 2: \d{3}, ", printed, re.MULTILINE)
    assert "nothing to mend" in printed


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (DAY_8, r"minutes = 8", "minutes = 9", "'minutes': the parts of the day add up to 8"),
        (DAY_8, r"(?s)\[doses\.half.*?\n\n", "", "[doses.half-kneeling-hip-flexor] is missing"),
        (DAY_8, r"\[doses\.half", "[doses.whole", "whole-kneeling-hip-flexor is not among 'stretches'"),
        (DAY_8, r'dose = "2 x 45 s"', 'dose = "twice"', "Write the dose as 2 x 45 s"),
        (DAY_8, r"all_steps = true\n", "", "half-kneeling-hip-flexor is new here, so it needs all_steps"),
        (DAY_10, r'dose = "2 x 45 s"', 'dose = "2 x 45 s"\nall_steps = true', "comes again, so leave out"),
        (
            DAY_8,
            r'dose = "2 x 45 s"',
            'dose = "2 x 30 s"',
            "'Free it' holds 510 seconds a side, and at least",
        ),
        (DAY_17, r"self_check = false", "self_check = false\nstrides = true", "hard loads on days 15 and 17"),
        ("stretches/glute-bridge.md", r'reminder = ".*"\n', "", "'reminder': missing, and day 6 shows"),
        ("stretches/glute-bridge.md", r'family = "load"', 'family = "heavy"', "Must be one of: front of hip"),
        ("program.toml", r'"day-02"', '"day-22"', "'safety': there is no place 'day-22'"),
        ("program.toml", r'"family:front of hip"', '"family:neck"', "there is no place 'family:neck'"),
    ],
)
def test_what_can_be_wrong_with_doses(faults: Faults, name: str, old: str, new: str, message: str) -> None:
    assert message in "\n".join(faults(name, old, new))


def test_three_lessons_may_be_short_and_no_more(course: Course) -> None:
    full = [replace(day, body="A word. " * 70) for day in course.days.values()]

    def found(count: int) -> list[str]:
        program = replace(course.self_check, meta=course.program, problems=[])
        short = [replace(day, body="A word.") for day in full[:count]]
        check_course_doses(program, [*short, *full[count:]], course.stretches)
        return [problem.message for problem in program.problems]

    assert found(3) == []
    assert found(4) == ["lessons under 120 words: 1, 2, 3, 4; at most 3"]
