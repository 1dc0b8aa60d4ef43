"""The checks before publishing; each finding prevents it and names its field."""

from django.utils.translation import gettext as _

from challenge import drawings
from challenge.curriculum.accessibility import check_accessibility
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.lesson import Content, assemble, with_stretch
from challenge.curriculum.lint import Finding, lint_lesson, lint_self_check, lint_stretch
from challenge.curriculum.lint.safety import check_safety, day_place
from challenge.curriculum.parse import DAY_MINUTES
from challenge.curriculum.publish import days_with
from challenge.curriculum.publish_doses import check_day_doses, check_stretch_doses
from challenge.curriculum.translations import check_translations
from challenge.models import Day, Stretch


def check_day(day: Day, words: Content) -> list[Finding]:
    content = assemble(day, words)
    own = {**content["day"], "body": content["body"]}
    found = [
        *lint_lesson(content),
        *check_safety(day.program.safety, day_place(day.number), own, "lesson"),
        *check_day_doses(day, content),
        *_parts(day, words, content),
        *_drawings(content["day"]),
        *check_translations(),
    ]
    # Only clean text may be compiled.
    return found or check_accessibility(compile_lesson(content, day.program.length))


def check_stretch(stretch: Stretch, content: Content) -> list[Finding]:
    lint = lint_self_check if stretch.kind == Stretch.Kind.SELF_CHECK else lint_stretch
    days = [(day, day.published) for day in days_with(stretch) if day.published]
    found = [
        *lint(content),
        *check_safety(stretch.program.safety, stretch.slug, content, "steps"),
        *check_stretch_doses(stretch, content),
        *_drawings(content),
    ]
    if content["minutes"] is not None:
        more = content["minutes"] - stretch.minutes
        own = [each for each in days if stretch.slug not in each[1].content["day"].get("doses", {})]
        found += _too_long([(day.number, revision.minutes + more) for day, revision in own])
    # Only clean text may be compiled.
    return found or [
        finding
        for day, revision in days
        for finding in check_accessibility(
            compile_lesson(with_stretch(revision.content, stretch, content), day.program.length)
        )
    ]


def _too_long(minutes: list[tuple[int, int]]) -> list[Finding]:
    """Return a finding for each day that would take too many or too few minutes."""
    least, most = DAY_MINUTES
    advice = _("Day %(day)d would take %(minutes)d minutes; %(least)d to %(most)d are right.")
    return [
        Finding("minutes", 1, advice % {"day": number, "minutes": total, "least": least, "most": most})
        for number, total in minutes
        if not least <= total <= most
    ]


def _parts(day: Day, words: Content, content: Content) -> list[Finding]:
    rows = {row.slug: row for row in day.program.stretches.filter(kind=Stretch.Kind.STRETCH)}
    found: list[Finding] = []
    for slug in words["day"]["stretches"]:
        if slug not in rows:
            found.append(Finding("stretches", 1, _("There is no stretch %(slug)s.") % {"slug": slug}))
        elif rows[slug].recalled_at:
            advice = _("%(stretch)s was recalled. Choose another stretch.")
            found.append(Finding("stretches", 1, advice % {"stretch": rows[slug]}))
    if not content["stretches"]:
        found.append(Finding("stretches", 1, _("A day needs one to three stretches. Choose one.")))
    least, most = DAY_MINUTES
    if not least <= (minutes := content["day"]["minutes"]) <= most:
        advice = _("The parts of the day add up to %(minutes)d minutes; %(least)d to %(most)d are right.")
        found.append(Finding("stretches", 1, advice % {"minutes": minutes, "least": least, "most": most}))
    return found + _untaught(day, content)


def _untaught(day: Day, content: Content) -> list[Finding]:
    others = day.program.days.exclude(pk=day.pk).filter(published__isnull=False)
    elsewhere = {point for points in others.values_list("published__points", flat=True) for point in points}
    before = set(day.published.points) if day.published else set()
    lost = sorted(before - elsewhere - set(content["day"]["points"]))
    advice = _(
        "%(point)s would be taught on no day: %(text)s. Keep it here, or teach it on another day first."
    )
    return [
        Finding("points", 1, advice % {"point": point, "text": day.program.points.get(point, "")})
        for point in lost
    ]


def _drawings(content: Content) -> list[Finding]:
    known = set(drawings.names())
    advice = _("There is no drawing %(name)s. Choose one of those there are.")
    return [
        Finding("figures", number, advice % {"name": drawing.get("name", "")})
        for number, drawing in enumerate(content.get("figures", []), 1)
        if drawing.get("name") not in known
    ]
