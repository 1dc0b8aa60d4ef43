"""Read and check the course's files: TOML front matter between +++ lines, then Markdown."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from challenge.curriculum.dose import DoseError, parse_dose
from challenge.curriculum.slots import CLOSE, OPEN

DAY_MINUTES = (5, 12)
STRETCH_MINUTES = (1, 12)
MAX_STRETCHES = 3
AREAS = ("front of hip", "back of hip", "low back", "breath", "legs")
FRONT_OF_HIP, LOAD, HARD_LOAD = FAMILIES = ("front of hip", "load", "hard load")


@dataclass(frozen=True)
class Problem:
    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class CourseError(Exception):
    """The course cannot be loaded; `problems` lists every fault."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass
class CourseFile:
    path: Path
    source: str
    meta: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    problems: list[Problem] = field(default_factory=list)

    def report(self, message: str, key: str = "") -> None:
        """Add a problem, at the line of a front matter key where there is one."""
        self.problems.append(Problem(self.path, self.line_of(key) if key else 1, message))

    def line_of(self, key: str) -> int:
        """Return the line of a front matter key or table, 1 when it is absent."""
        found = re.search(rf"^(\[{{0,2}}){re.escape(key)}(\]{{1,2}}|\s*=)", self.source, re.MULTILINE)
        if not found and "." in key:
            return self.line_of(key.rpartition(".")[0])
        return self.source[: found.start()].count("\n") + 1 if found else 1


def _text(most: int, least: int = 1) -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=least, max=most))


def _optional_text(most: int, least: int = 1) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(min=least, max=most))


def _minutes() -> fields.Integer:
    return fields.Integer(required=True, validate=validate.Range(*STRETCH_MINUTES))


class WeekSchema(Schema):
    """`hold_seconds` is the least sum of its front-of-hip holds, for each side."""

    title = _text(60)
    first = fields.Integer(required=True)
    last = fields.Integer(required=True)
    hold_seconds = fields.Integer(load_default=0, validate=validate.Range(min=0))


class SafetySchema(Schema):
    """A rule of curriculum.lint.safety."""

    places = fields.List(_text(80), required=True, validate=validate.Length(min=1))
    field = _optional_text(40)
    words = fields.List(_text(120), required=True, validate=validate.Length(min=1))
    why = _text(300, 10)


class ProgramSchema(Schema):
    slug = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9-]+$"))
    title = _text(120)
    summary = _text(400)
    length = fields.Integer(required=True, validate=validate.Range(min=1, max=366))
    weeks = fields.List(fields.Nested(WeekSchema), required=True)
    points = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    for_all = fields.Boolean(load_default=False)
    safety = fields.List(fields.Nested(SafetySchema), load_default=list)


class DrawingSchema(Schema):
    name = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9-]+$"))
    alt = _text(240, 30)


def _drawings(least: int) -> "fields.List[dict[str, str]]":
    given: dict[str, Any] = {"required": True} if least else {"load_default": list}
    return fields.List(fields.Nested(DrawingSchema), validate=validate.Length(min=least), **given)


class StretchSchema(Schema):
    slug = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9-]+$"))
    title = _text(120)
    purpose = _text(300)
    minutes = _minutes()
    hold = _text(120)
    sets = _text(120)
    sides = fields.String(required=True, validate=validate.OneOf(["both", "one"]))
    equipment = fields.List(fields.String(), required=True)
    feel = _text(400)
    not_feel = _text(500)
    easier = _text(400)
    harder = _text(400)
    skip_if = _text(600)
    family = fields.String(load_default="", validate=validate.OneOf(FAMILIES))
    reminder = _optional_text(260, 60)
    area = fields.List(
        fields.String(validate=validate.OneOf(AREAS)), required=True, validate=validate.Length(min=1)
    )
    timer = _text(140, 20)
    figures = _drawings(1)


class SelfCheckSchema(Schema):
    title = _text(120)
    purpose = _text(300)
    minutes = _minutes()
    skip_if = _text(600)
    timer = _text(140, 20)
    figures = _drawings(1)


def _is_dose(text: str) -> None:
    try:
        parse_dose(text)
    except DoseError as error:
        raise ValidationError(error.args[0]) from error


class DoseSchema(Schema):
    """A stretch on one day; with `all_steps` the mail prints all of its steps."""

    dose = fields.String(required=True, validate=_is_dose)
    minutes = _minutes()
    all_steps = fields.Boolean(load_default=False)
    note = _optional_text(140)


class DaySchema(Schema):
    number = fields.Integer(required=True, validate=validate.Range(min=1, max=366))
    title = _text(60)
    subject = _text(60)
    preview = _text(110, 40)
    minutes = fields.Integer(required=True, validate=validate.Range(*DAY_MINUTES))
    points = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    stretches = fields.List(
        fields.String(), required=True, validate=validate.Length(min=1, max=MAX_STRETCHES)
    )
    doses = fields.Dict(keys=fields.String(), values=fields.Nested(DoseSchema), load_default=dict)
    self_check = fields.Boolean(required=True)
    run = _text(140, 10)
    no_run = _text(140, 10)
    strides = fields.Boolean(load_default=False)
    sources = fields.List(fields.String(), required=True, validate=validate.Length(min=1, max=4))
    figures = _drawings(0)


class ArticleSchema(Schema):
    title = _text(120)
    summary = _text(200)


def read_course_file(path: Path, schema: Schema) -> CourseFile:
    if not path.is_file():
        return CourseFile(path, "", problems=[Problem(path, 1, "the file is missing")])
    page = CourseFile(path, path.read_text(encoding="utf-8"))
    parts = re.split(r"^\+\+\+[ \t]*$\n?", page.source, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        page.report("the file must begin with front matter between two lines of +++")
        return page
    page.body = parts[2].strip()
    page.body_line = page.source[: page.source.index(page.body)].count("\n") + 1 if page.body else 1
    _load(page, parts[1], schema, first_line=2)
    for number, line in enumerate(page.source.splitlines(), 1):
        if OPEN in line or CLOSE in line:
            page.problems.append(Problem(path, number, f"{OPEN} and {CLOSE} are reserved; leave them out"))
    return page


def read_toml(path: Path, schema: Schema) -> CourseFile:
    page = CourseFile(path, path.read_text(encoding="utf-8"))
    _load(page, page.source, schema, first_line=1)
    return page


def _load(page: CourseFile, text: str, schema: Schema, first_line: int) -> None:
    try:
        page.meta = schema.load(tomllib.loads(text), unknown=EXCLUDE if first_line == 1 else None)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) + first_line - 1 if found else first_line
        page.problems.append(Problem(page.path, line, f"the front matter is not valid TOML: {error}"))
    except ValidationError as error:
        for key, messages in dict(error.messages_dict).items():
            page.report(f"'{key}': {_flat(messages)}", key)


def _flat(messages: Any) -> str:
    if isinstance(messages, dict):
        return "; ".join(f"{key}: {_flat(value)}" for key, value in messages.items())
    return " ".join(str(message) for message in messages)
