"""Loading a course: the same twice changes nothing, and a fault is named with its file and line."""

import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from challenge.curriculum.course import CONTENT
from challenge.curriculum.load import load
from challenge.curriculum.parse import CourseError
from challenge.models import Day, Program, Revision, Stretch

pytestmark = pytest.mark.django_db
DAY_3 = "days/day-03.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(CONTENT / "reset-21", tmp_path / "reset-21")


@pytest.fixture
def faults(folder: Path, now: datetime) -> Callable[..., list[str]]:
    def change(name: str, old: str, new: str) -> list[str]:
        path = folder / name
        source = path.read_text()
        assert old in source
        path.write_text(source.replace(old, new, 1))
        with pytest.raises(CourseError) as caught:
            load(folder, now)
        assert not Program.objects.exists()
        return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]

    return change


def test_the_first_load_publishes_every_day(folder: Path, now: datetime) -> None:
    loaded = load(folder, now)

    assert loaded.published == list(range(1, 22))
    assert Day.objects.filter(published__number=1).count() == 21
    assert Stretch.objects.filter(kind="stretch").count() == 14


def test_the_second_load_changes_nothing(folder: Path, now: datetime) -> None:
    load(folder, now)
    before = list(Revision.objects.values())
    loaded = load(folder, now + timedelta(days=1))

    assert (loaded.published, loaded.stretches, loaded.kept) == ([], [], [])
    assert list(Revision.objects.values()) == before


def test_an_edited_day_gets_a_revision_and_keeps_the_old_one(folder: Path, now: datetime) -> None:
    load(folder, now)
    path = folder / DAY_3
    path.write_text(path.read_text().replace("\n## Why", "\nOne more sentence.\n\n## Why"))
    loaded = load(folder, now)

    assert loaded.published == [3]
    assert list(Revision.objects.filter(day__number=3).values_list("number", flat=True)) == [2, 1]
    assert Day.objects.get(number=3).published == Revision.objects.get(day__number=3, number=2)


def test_an_edition_for_all_reaches_who_has_begun(folder: Path, now: datetime) -> None:
    path, program = folder / DAY_3, folder / "program.toml"
    load(folder, now)
    for sentence, for_all in (("One more sentence.", "true"), ("And one more.", "false")):
        program.write_text(re.sub("for_all = (true|false)", f"for_all = {for_all}", program.read_text()))
        path.write_text(path.read_text().replace("\n## Why", f"\n{sentence}\n\n## Why"))
        load(folder, now)

    # The first version reaches everybody as it is.
    found = Revision.objects.filter(day__number=3).values_list("number", "for_all")
    assert list(found) == [(3, False), (2, True), (1, False)]


def test_the_rules_are_kept_with_the_program(folder: Path, now: datetime) -> None:
    program = load(folder, now).program
    program.refresh_from_db()
    assert [week["hold_seconds"] for week in program.weeks] == [180, 540, 600]
    assert {"places", "words", "field", "why"} == set(program.safety[0])


def test_a_missing_key_is_named(faults: Callable[..., list[str]], folder: Path) -> None:
    line = next(line for line in (folder / DAY_3).read_text().splitlines() if line.startswith("run ="))
    assert faults(DAY_3, line + "\n", "") == [f"{DAY_3}:1: 'run': Missing data for required field."]


def test_a_wrong_value_is_named_with_its_line(faults: Callable[..., list[str]]) -> None:
    [problem] = faults(DAY_3, "minutes = ", "minutes = 9")
    assert problem.startswith(f"{DAY_3}:6: 'minutes': Must be greater than or equal to 5 and less than")


def test_an_unknown_key_is_named(faults: Callable[..., list[str]]) -> None:
    assert faults(DAY_3, "number = 3", 'number = 3\ncolour = "red"') == [
        f"{DAY_3}:3: 'colour': Unknown field."
    ]


def test_broken_front_matter_is_named_with_its_line(faults: Callable[..., list[str]]) -> None:
    [problem] = faults(DAY_3, "number = 3", "number = ")
    assert problem.startswith(f"{DAY_3}:2: the front matter is not valid TOML")


def test_no_front_matter(faults: Callable[..., list[str]]) -> None:
    [problem] = faults(DAY_3, "+++\n", "")
    assert problem == f"{DAY_3}:1: the file must begin with front matter between two lines of +++"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("number = 3", "number = 4", "day 3 is there 0 times, not once"),
        ("points = [", 'points = ["E99", ', "'points': E99 is not in program.toml"),
        ("stretches = [", 'stretches = ["handstand"]\n#', "'stretches': there is no stretches/handstand.md"),
        ("## Why this matters for your running", "## Why", "The lesson needs one section"),
        ("## Why this", "<b>x</b>\n\n## Why this", "Leave out HTML such as <b>"),
        ("## Why this", "word " * 100 + "\n\n## Why this", "80 to 220 are right"),
        ("## Why this", "\u27e6leave_url\u27e7\n\n## Why this", "are reserved; leave them out"),
    ],
)
def test_what_else_can_be_wrong_with_a_day(
    faults: Callable[..., list[str]], old: str, new: str, message: str
) -> None:
    assert message in "\n".join(faults(DAY_3, old, new))


def test_a_point_that_no_day_teaches(faults: Callable[..., list[str]]) -> None:
    [problem] = faults("program.toml", "[points]", '[points]\nE77 = "Nobody says it"')
    assert problem.endswith("point E77 is taught on no day")


def test_a_stretch_without_steps(faults: Callable[..., list[str]]) -> None:
    [problem] = faults("stretches/couch-stretch.md", "\n1. ", "\n- ")
    assert problem.startswith("stretches/couch-stretch.md:1: the body must be a numbered list")


def test_a_missing_file_is_named(folder: Path, now: datetime) -> None:
    (folder / "self-check.md").unlink()

    with pytest.raises(CourseError, match=r"self-check\.md"):
        load(folder, now)
    assert not Program.objects.exists()


def test_a_week_without_its_first_day_is_named(faults: Callable[..., list[str]]) -> None:
    assert "first" in "\n".join(faults("program.toml", "first = ", "fist = "))


def test_every_problem_is_told_at_once(faults: Callable[..., list[str]], folder: Path) -> None:
    (folder / "days/day-05.md").write_text("nothing")
    assert len(faults(DAY_3, "number = 3", "number = ")) == 2


def test_the_command_says_what_to_mend(folder: Path) -> None:
    (folder / DAY_3).unlink()
    with pytest.raises(CommandError, match=r"Mend this first:\n(.|\n)*day 3 is there 0 times"):
        call_command("load_course", folder)


def test_the_command_says_what_it_did() -> None:
    said = StringIO()
    call_command("load_course", stdout=said)
    assert said.getvalue().startswith("The 21-Day Runner Reset: days published anew: 1, 2, 3")
    assert said.getvalue().endswith("supine-psoas-march, self-check\n")
