"""Check the doses of a course's files: each day by itself, then the days together."""

from challenge.curriculum.dose_table import (
    FULL_LESSON,
    LEAST_DAYS_APART,
    MOST_SHORT_LESSONS,
    DoseRow,
    dose_row,
    hard_days_too_close,
    week_hold,
)
from challenge.curriculum.lint.reading import word_count
from challenge.curriculum.parse import CourseFile

Stretches = dict[str, CourseFile]


def dose_rows(days: list[CourseFile], stretches: Stretches) -> list[DoseRow]:
    families = {slug: page.meta["family"] for slug, page in stretches.items()}
    return [dose_row(day.meta, families) for day in sorted(days, key=lambda day: day.meta["number"])]


def check_doses(day: CourseFile, self_check: CourseFile) -> None:
    doses, shown = day.meta["doses"], day.meta["stretches"]
    for slug in shown:
        if slug not in doses:
            day.report(f"'doses': [doses.{slug}] is missing", "stretches")
    for slug in doses:
        if slug not in shown:
            day.report(f"'doses': {slug} is not among 'stretches'", f"doses.{slug}")
    total = sum(dose["minutes"] for dose in doses.values())
    total += self_check.meta["minutes"] if day.meta["self_check"] else 0
    if total != day.meta["minutes"]:
        day.report(f"'minutes': the parts of the day add up to {total}", "minutes")


def check_course_doses(program: CourseFile, days: list[CourseFile], stretches: Stretches) -> None:
    _check_first_times(days, stretches)
    rows = dose_rows(days, stretches)
    for week in program.meta["weeks"]:
        hold, least = week_hold(week, rows), week["hold_seconds"]
        if hold < least:
            program.report(f"{week['title']!r} holds {hold} seconds a side, and at least {least}", "weeks")
    for first, second in hard_days_too_close(rows):
        program.report(f"hard loads on days {first} and {second}: {LEAST_DAYS_APART} days apart at least")
    short = [day.meta["number"] for day in days if word_count(day.body) < FULL_LESSON]
    if len(short) > MOST_SHORT_LESSONS:
        numbers = ", ".join(map(str, sorted(short)))
        program.report(f"lessons under {FULL_LESSON} words: {numbers}; at most {MOST_SHORT_LESSONS}")


def _check_first_times(days: list[CourseFile], stretches: Stretches) -> None:
    """Report a day that shows a stretch for the first time without all steps, or again with them; and a
    stretch that comes again without a reminder."""
    seen: set[str] = set()
    for day in sorted(days, key=lambda day: day.meta["number"]):
        for slug, dose in day.meta["doses"].items():
            if dose["all_steps"] != (slug not in seen):
                text = "comes again, so leave out" if slug in seen else "is new here, so it needs"
                day.report(f"'doses': {slug} {text} all_steps = true", f"doses.{slug}.all_steps")
            if slug in seen and slug in stretches and not stretches[slug].meta["reminder"]:
                stretches[slug].report(f"'reminder': missing, and day {day.meta['number']} shows it again")
            seen.add(slug)
