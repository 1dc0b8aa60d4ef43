"""A lesson put together: a day's own words, and the stretches that it names as they stand now.

The *lesson content* is a dict that JSON can hold: "day" (the keys of parse.DaySchema), "body" (the
lesson's Markdown), "week", "stretches" and "self_check" (each the keys of its schema and its steps
under "body"). A published revision keeps it whole, so that what was sent can be read ever after.
"""

from typing import Any

from challenge.models import Day, Program, Stretch

Content = dict[str, Any]


def own_words(content: Content) -> Content:
    """What of a lesson's content is the day's own, as a draft holds it."""
    return {"day": content["day"], "body": content["body"]}


def assemble(day: Day, words: Content) -> Content:
    """The content of a lesson. A recalled stretch is left out, or replaced where it has a replacement.

    `words` are a day's own: {"day": ..., "body": ...}. Minutes are worked out here.
    """
    rows = list(day.program.stretches.select_related("replacement"))
    by_slug = {row.slug: row for row in rows if row.kind == Stretch.Kind.STRETCH}
    chosen = [by_slug[slug] for slug in words["day"]["stretches"] if slug in by_slug]
    stretches = list(dict.fromkeys(found for row in chosen if (found := standing_in(row))))
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


def with_part(content: Content, stretch: Stretch, words: Content) -> Content:
    """A lesson's content with other words in the place of one stretch or of the self-check."""
    if stretch.kind == Stretch.Kind.SELF_CHECK:
        return {**content, "self_check": words}
    mine = {**words, "slug": stretch.slug}
    parts = [mine if part["slug"] == stretch.slug else part for part in content["stretches"]]
    return {**content, "stretches": parts}


def standing_in(stretch: Stretch) -> Stretch | None:
    """The stretch to do where `stretch` is named: itself, or what replaces it after a recall."""
    seen: set[int] = set()
    found: Stretch | None = stretch
    while found is not None and found.recalled_at and found.pk not in seen:
        seen.add(found.pk)
        found = found.replacement
    return None if found is None or found.recalled_at else found


def used(program: Program, content: Content) -> list[Stretch]:
    """The rows of a lesson's parts, its self-check among them."""
    slugs = [stretch["slug"] for stretch in content["stretches"]]
    rows = program.stretches.filter(slug__in=slugs, kind=Stretch.Kind.STRETCH)
    checks = program.stretches.filter(kind=Stretch.Kind.SELF_CHECK) if content["self_check"] else []
    return [*rows, *checks]
