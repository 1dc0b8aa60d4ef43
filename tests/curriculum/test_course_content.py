"""The course that ships: every point taught, every day and stretch complete, nothing promised."""

import re

import pytest

from challenge import drawings
from challenge.curriculum.check_files import lesson_from_files, stretch_from_file
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.course import CONTENT, Course, read_course
from challenge.curriculum.lint import lint_article, lint_lesson, lint_self_check, lint_stretch
from challenge.curriculum.parse import CourseFile
from challenge.curriculum.sample import SampleValues
from challenge.curriculum.slots import fill, slots

pytestmark = pytest.mark.pure

# The text that a day must have when it claims to teach a point.
TAUGHT = {
    "E1": r"SO-as",
    "E2": r"iliacus.*iliopsoas|iliopsoas.*iliacus",
    "E3": r"front.*(left|each side|one each|right)",
    "E4": r"hip flexor|bend(s|ing)? the hip|lifts? the (leg|thigh)",
    "E5": r"lumbar|low(er)? (back|spine).*thigh|trochanter",
    "E6": r"(only|no other) muscle.*lumbar.*thigh bone",
    "E7": r"deep(er)?.*(core|six-pack|abdominal|belly)|core.*deep",
    "E8": r"streng|strong",
    "E9": r"sit(ting)?",
    "E10": r"lift.*(walk|run|swim)|(walk|run|swim).*lift",
    "E11": r"foot.*(knee|Achilles|hip)",
    "E12": r"disc.*(sciatica|stenosis)|(sciatica|stenosis).*disc",
    "E13": r"long(er)?.*(year|month|week|time)|time",
    "E14": r"adapt",
    "E15": r"alone|nerve.*(skelet|bone)",
    "E16": r"lumbar plexus",
    "E17": r"numb|weak",
    "E18": r"irritat.*nerve|nerve.*irritat",
    "E19": r"nerve.*muscle.*bone",
    "E20": r"pliab|give|supple",
    "E21": r"(rib|shoulder|head).*forward|forward.*(rib|shoulder|head)",
    "E22": r"pillow.*knees|knees.*pillow",
    "E23": r"stress|trauma",
    "A1": r"psoas major.*iliacus|iliacus.*psoas major",
    "A2": r"deep.*(belly|spine|abdom)|spine.*deep",
    "A3": r"(walk|posture|upright|stand).*(run|jump)|(run|jump).*(walk|posture)",
    "A4": r"organ|kidney",
    "A5": r"diaphragm|breath",
    "A6": r"(low(er)?[- ]back|sit)",
    "A7": r"\?.*\?.*\?.*\?|four",
    "S1": r"half-kneel|kneel|lunge",
    "S2": r"(straight|long).*(chest|leg)|chest.*(straight|long)",
    "S3": r"ball",
}
COACHS_VIEW = {"A5", "A6", "E8", "E11", "E12", "E13", "E17", "E18", "E21", "E22", "E23"}
# An opinion says how far research bears it out.
ITS_GROUND = re.compile(r"^> .*\b(evidence|study|studies|research|shown)\b", re.MULTILINE | re.IGNORECASE)
STRETCH_OF = {
    "S1": "half-kneeling-hip-flexor",
    "S2": "one-leg-long-psoas-stretch",
    "S3": "ball-release",
}
DRAWN_BODIES = {"psoas-front", "psoas-side"}
FOUR_QUESTIONS = [
    ("What is the psoas?", r"psoas major.*iliacus.*iliopsoas"),
    ("What does the psoas do?", r"bends the hip.*lumbar spine.*walk, run and jump"),
    ("Where is the psoas?", r"deep in the belly.*lumbar spine.*thigh bone"),
    ("What does the psoas have to do with low-back pain?", r"may .*load.*many possible causes.*see a doctor"),
]


@pytest.fixture(scope="module")
def course() -> Course:
    return read_course(CONTENT / "reset-21")


def test_the_brief_is_complete(course: Course) -> None:
    brief = {f"E{n}" for n in range(1, 24)} | {f"A{n}" for n in range(1, 8)} | {"S1", "S2", "S3"}
    assert set(course.program["points"]) == brief == set(TAUGHT)


@pytest.mark.parametrize("point", TAUGHT)
def test_every_point_is_taught_in_the_text_of_a_day(course: Course, point: str) -> None:
    days = [day for day in course.days.values() if point in day.meta["points"]]
    pattern = re.compile(TAUGHT[point], re.IGNORECASE | re.DOTALL)
    assert days
    for day in days:
        assert pattern.search(day.body), f"day {day.meta['number']} claims {point} and does not say it"
        if point in STRETCH_OF:
            assert STRETCH_OF[point] in day.meta["stretches"]


def test_opinion_is_marked(course: Course) -> None:
    for day in course.days.values():
        opinion = bool(COACHS_VIEW & set(day.meta["points"]))
        assert opinion == ("> **The coach's view.**" in day.body), day.path.name
        assert not opinion or ITS_GROUND.search(day.body), day.path.name


@pytest.mark.parametrize("number", range(1, 22))
def test_the_linter_finds_nothing_in_a_lesson(course: Course, number: int) -> None:
    assert lint_lesson(lesson_from_files(course, number)) == []


def test_the_linter_finds_nothing_in_the_stretches_and_articles(course: Course) -> None:
    findings = {page.path.stem: lint_stretch(stretch_from_file(page)) for page in course.stretches.values()}
    findings |= {name: lint_article(page.body) for name, page in course.articles.items()}
    findings["self-check"] = lint_self_check(stretch_from_file(course.self_check))
    assert findings == {name: [] for name in findings}
    assert len(findings) == 17


def test_the_arc(course: Course) -> None:
    days = course.days
    assert list(days) == list(range(1, 22))
    assert [number for number, day in days.items() if day.meta["self_check"]] == [1, 7, 14, 21]
    assert {slug for day in days.values() for slug in day.meta["stretches"]} == set(course.stretches)
    assert len(course.stretches) >= 14
    assert [number for number, day in days.items() if "ball-release" in day.meta["stretches"]] == [11]
    for light, before in ((7, 6), (14, 13)):
        assert len(days[light].meta["stretches"]) == 1
        assert days[light].meta["minutes"] <= days[before].meta["minutes"]


def test_what_an_inbox_shows_is_said_once(course: Course) -> None:
    metas = [day.meta for day in course.days.values()]
    for key in ("title", "subject", "preview", "run", "no_run"):
        assert len({words(meta[key]) for meta in metas}) == 21, key
    for meta in metas:
        assert not meta["subject"].endswith("!")
        assert words(meta["subject"]) not in words(meta["preview"])


def test_a_runner_who_paused_is_not_told_of_yesterday(course: Course) -> None:
    for day in course.days.values():
        said = " ".join([day.body, *(day.meta[key] for key in ("run", "no_run", "preview"))])
        assert not re.search(r"\b(yesterday|(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b", said), day.path.name
        assert not re.search(r"\btomorrow (you|we|comes)\b", said, re.IGNORECASE)


def test_every_position_is_drawn_and_told(course: Course) -> None:
    holders = [*course.days.values(), *course.stretches.values(), course.self_check]
    named = [figure["name"] for page in holders for figure in page.meta["figures"]]
    assert set(named) == set(drawings.names())
    positions = [name for name in named if name not in DRAWN_BODIES]
    assert len(positions) == len(set(positions))
    for stem, page in {**course.stretches, "self-check": course.self_check}.items():
        assert names_of(page) == [f"{stem}-{n}" for n in range(1, len(names_of(page)) + 1)]
    told = [figure["alt"] for page in holders[21:] for figure in page.meta["figures"]]
    assert len(told) == len(set(told))


def test_the_days_that_say_where_it_lies_show_it(course: Course) -> None:
    for day in course.days.values():
        if {"E2", "A2"} & set(day.meta["points"]):
            assert set(names_of(day)) <= DRAWN_BODIES
            assert names_of(day)


def names_of(page: CourseFile) -> list[str]:
    return [figure["name"] for figure in page.meta["figures"]]


def test_a_timer_is_set_for_the_minutes_of_its_stretch(course: Course) -> None:
    for page in course.stretches.values():
        [*_, total] = re.findall(r"(\d+) minutes?\b", page.meta["timer"])
        assert int(total) == page.meta["minutes"], page.path.name


def test_the_faq_answers_the_four_questions(course: Course) -> None:
    parts = re.split(r"^## (.+)$", course.articles["faq"].body, flags=re.MULTILINE)
    answers = list(zip(parts[1::2], parts[2::2], strict=True))
    assert [question for question, _ in answers[:4]] == [question for question, _ in FOUR_QUESTIONS]
    for (_, answer), (_, said) in zip(answers, FOUR_QUESTIONS, strict=False):
        assert re.search(said, re.sub(r"[*\n]", " ", answer), re.IGNORECASE)
    assert all(question.endswith("?") for question, _ in answers)


@pytest.mark.parametrize("article", ["faq", "about"])
def test_the_articles_say_that_nobody_watches(course: Course, article: str) -> None:
    body = course.articles[article].body
    assert re.search(r"local emergency number", body)
    assert re.search(r"Nobody (watches|sits)", body)


@pytest.mark.parametrize(
    "caution", ["pulse", "belly", "numb", "pregnan", "surgery", "hernia", "blood", "aneurysm"]
)
def test_the_balls_cautions_stand_with_the_stretch(course: Course, caution: str) -> None:
    assert caution in course.stretches["ball-release"].source.casefold()


@pytest.mark.parametrize("number", range(1, 22))
def test_a_days_mail_says_the_same_in_both_parts(course: Course, number: int) -> None:
    mail = compile_lesson(lesson_from_files(course, number), course.program["length"])
    values = SampleValues({name: f"<{name}>" for name in slots()}, words_only="")
    text, html = fill(mail.text, values), fill(mail.html, values, html=True)

    assert named_in(mail.html) == named_in(mail.text)
    assert {"done_url", "partly_url", "not_today_url", "hour_url", "leave_url"} <= named_in(mail.text)
    shown = words(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))
    for paragraph in re.split(r"\n\s*\n", course.days[number].body):
        for sentence in re.split(
            r"(?<=[.?!])\s", re.sub(r"[#>*_]|^\d+\.", " ", paragraph, flags=re.MULTILINE)
        ):
            assert words(sentence) in shown
            assert words(sentence) in words(re.sub(r"^\| ?", "", text, flags=re.MULTILINE))
    assert all(len(line) <= 78 or "<" in line for line in text.splitlines())
    assert len(html.encode()) < 80_000


def named_in(text: str) -> set[str]:
    """Return the slots of a compiled text."""
    return {name for name, slot in slots().items() if slot in text}


def words(text: str) -> str:
    """Return the words alone, without marks, case and line ends."""
    unescaped = text.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
    return " ".join(re.findall(r"[a-z0-9]+", unescaped.lower()))
