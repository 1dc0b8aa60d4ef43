"""Keep the doses of a program whole: an edit may not take a week below its least hold, bring two hard loads
too close together, or shorten one lesson too many. What was so before is left to the coach."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from challenge.curriculum.dose_table import (
    FULL_LESSON,
    LEAST_DAYS_APART,
    MOST_SHORT_LESSONS,
    DoseRow,
    dose_row,
    hard_days_too_close,
    week_hold,
)
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import Finding
from challenge.curriculum.lint.reading import word_count
from challenge.models import Day, Program, Stretch


def check_day_doses(day: Day, content: Content) -> list[Finding]:
    families = _families(day.program)
    before = _rows(day.program, families)
    after = [row for row in before if row.number != day.number] + [dose_row(content["day"], families)]
    return _worse(day.program, before, after, "stretches") + _short_lessons(day, content)


def check_stretch_doses(stretch: Stretch, content: Content) -> list[Finding]:
    families = _families(stretch.program)
    before = _rows(stretch.program, families)
    after = _rows(stretch.program, {**families, stretch.slug: content.get("family", "")})
    return _worse(stretch.program, before, after, "family")


def _families(program: Program) -> dict[str, str]:
    contents = program.stretches.values_list("slug", "content")
    return {slug: content.get("family", "") for slug, content in contents}


def _rows(program: Program, families: Mapping[str, str]) -> list[DoseRow]:
    contents = program.days.filter(published__isnull=False).values_list("published__content", flat=True)
    return [dose_row(content["day"], families) for content in contents]


def _worse(program: Program, before: list[DoseRow], after: list[DoseRow], place: str) -> list[Finding]:
    found = []
    advice = _(
        "%(week)s would hold the front of the hip for %(hold)d seconds on each side; %(least)d are the least."
    )
    for week in program.weeks:
        hold, least = week_hold(week, after), week.get("hold_seconds", 0)
        if hold < min(least, week_hold(week, before)):
            values = {"week": week["title"], "hold": hold, "least": least}
            found.append(Finding(place, 1, advice % values))
    close = _("Days %(first)d and %(second)d would both have a hard load; leave %(days)d days between them.")
    for first, second in hard_days_too_close(after):
        if (first, second) not in hard_days_too_close(before):
            values = {"first": first, "second": second, "days": LEAST_DAYS_APART - 1}
            found.append(Finding(place, 1, close % values))
    return found


def _short_lessons(day: Day, content: Content) -> list[Finding]:
    bodies = day.program.days.filter(published__isnull=False).values_list(
        "number", "published__content__body"
    )
    short = {number for number, body in bodies if word_count(body) < FULL_LESSON}
    if word_count(content["body"]) >= FULL_LESSON or day.number in short or len(short) < MOST_SHORT_LESSONS:
        return []
    advice = _("%(most)d other lessons have fewer than %(words)d words already; make this one longer.")
    return [Finding("lesson", 1, advice % {"most": len(short), "words": FULL_LESSON})]
