"""Assemble a lesson: a day's own text, and the current text of its stretches.

The *lesson content* is a dict that JSON can hold: "day" (the keys of parse.DaySchema), "body" (the lesson's
Markdown), "week", "stretches" and "self_check" (each the keys of its schema, with its steps under "body"). A
published revision stores all of it, so that a sent lesson stays readable.
"""

from typing import Any

from challenge.curriculum.dose import Unit, draft_dose
from challenge.curriculum.lint.reading import word_count
from challenge.models import Day, Program, Stretch

WORDS_A_MINUTE = 200

Content = dict[str, Any]


def day_content(content: Content) -> Content:
    """Return the day's own part of a lesson's content, in the form of a draft."""
    return {"day": content["day"], "body": content["body"]}


def assemble(day: Day, words: Content) -> Content:
    """Return the content of a lesson. A recalled stretch is left out, or replaced by its replacement. `words`
    is a day's own part: {"day": ..., "body": ...}. The minutes are those of its doses; a stretch without one,
    such as a replacement, takes its own."""
    rows = list(day.program.stretches.select_related("replacement"))
    by_slug = {row.slug: row for row in rows if row.kind == Stretch.Kind.STRETCH}
    chosen = [by_slug[slug] for slug in words["day"]["stretches"] if slug in by_slug]
    stretches = list(dict.fromkeys(found for row in chosen if (found := replacement_for(row))))
    checks = [row for row in rows if row.kind == Stretch.Kind.SELF_CHECK and not row.recalled_at]
    self_check = checks[0] if checks and words["day"]["self_check"] else None
    every_dose = words["day"].get("doses", {})
    doses = {each.slug: every_dose[each.slug] for each in stretches if each.slug in every_dose}
    minutes = [doses.get(each.slug, {}).get("minutes") or each.minutes for each in stretches]
    return {
        "day": {
            **words["day"],
            "number": day.number,
            "minutes": sum(minutes) + (self_check.minutes if self_check else 0),
            "stretches": [stretch.slug for stretch in stretches],
            "doses": doses,
        },
        "body": words["body"],
        "week": day.program.week_of(day.number),
        "stretches": [{**stretch.content, "slug": stretch.slug} for stretch in stretches],
        "self_check": self_check.content if self_check else None,
    }


def with_dose(part: Content, day: Content) -> Content:
    """Return a stretch with what `day` asks of it: "dose" in words (a draft's as it was typed), "note",
    "minutes", "is_timed" (the dose is these minutes) and "in_full" (a mail shows all of it). A stretch
    without a dose is shown in full, with its own hold, sets and minutes."""
    own = day.get("doses", {}).get(part.get("slug"), {})
    typed = own.get("dose", "")
    dose = draft_dose(typed)
    return {
        **part,
        "dose": dose.words(on_each_side=part.get("sides") == "both") if dose else typed,
        "is_timed": dose is not None and dose.unit is Unit.MINUTES,
        "note": own.get("note", ""),
        "minutes": own.get("minutes") or part["minutes"],
        "in_full": not own or own["all_steps"] or not part.get("reminder"),
    }


def whole_minutes(content: Content) -> int:
    """Return the minutes of a lesson's stretches and of reading it."""
    reading = max(1, round(word_count(content["body"]) / WORDS_A_MINUTE))
    return int(content["day"]["minutes"]) + reading


def with_stretch(content: Content, stretch: Stretch, words: Content) -> Content:
    if stretch.kind == Stretch.Kind.SELF_CHECK:
        return {**content, "self_check": words}
    mine = {**words, "slug": stretch.slug}
    parts = [mine if part["slug"] == stretch.slug else part for part in content["stretches"]]
    return {**content, "stretches": parts}


def replacement_for(stretch: Stretch) -> Stretch | None:
    """Return the stretch itself, or its replacement after a recall; None without a replacement."""
    seen: set[int] = set()
    found: Stretch | None = stretch
    while found is not None and found.recalled_at and found.pk not in seen:
        seen.add(found.pk)
        found = found.replacement
    return None if found is None or found.recalled_at else found


def stretches_of(program: Program, content: Content) -> list[Stretch]:
    slugs = [stretch["slug"] for stretch in content["stretches"]]
    rows = program.stretches.filter(slug__in=slugs, kind=Stretch.Kind.STRETCH)
    checks = program.stretches.filter(kind=Stretch.Kind.SELF_CHECK) if content["self_check"] else []
    return [*rows, *checks]
