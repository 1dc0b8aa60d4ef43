"""Assemble a lesson: a day's own text, and the current text of its stretches.

The *lesson content* is a dict that JSON can hold: "day" (the keys of parse.DaySchema), "body" (the lesson's
Markdown), "week", "stretches" and "self_check" (each the keys of its schema, with its steps under "body"). A
published revision stores all of it, so that a sent lesson stays readable.
"""

from typing import Any

from challenge.models import Day, Program, Stretch

Content = dict[str, Any]


def day_content(content: Content) -> Content:
    """Return the day's own part of a lesson's content, in the form of a draft."""
    return {"day": content["day"], "body": content["body"]}


def assemble(day: Day, words: Content) -> Content:
    """Return the content of a lesson. A recalled stretch is left out, or replaced by its replacement. `words`
    is a day's own part: {"day": ..., "body": ...}. The minutes are those of its stretches."""
    rows = list(day.program.stretches.select_related("replacement"))
    by_slug = {row.slug: row for row in rows if row.kind == Stretch.Kind.STRETCH}
    chosen = [by_slug[slug] for slug in words["day"]["stretches"] if slug in by_slug]
    stretches = list(dict.fromkeys(found for row in chosen if (found := replacement_for(row))))
    checks = [row for row in rows if row.kind == Stretch.Kind.SELF_CHECK and not row.recalled_at]
    self_check = checks[0] if checks and words["day"]["self_check"] else None
    parts = [*stretches, *([self_check] if self_check else [])]
    return {
        "day": {
            **words["day"],
            "number": day.number,
            "minutes": sum(part.minutes for part in parts),
            "stretches": [stretch.slug for stretch in stretches],
        },
        "body": words["body"],
        "week": day.program.week_of(day.number),
        "stretches": [{**stretch.content, "slug": stretch.slug} for stretch in stretches],
        "self_check": self_check.content if self_check else None,
    }


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
