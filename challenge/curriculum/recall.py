"""Recall an unsafe stretch: remove it from every mail that has not left. This module changes the course and
compiles the correction once. delivery.corrections queues it for the runners who were sent the stretch."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.curriculum.compile import compile_mail, to_html
from challenge.curriculum.lesson import assemble, day_content
from challenge.curriculum.movements import marks
from challenge.curriculum.plain import plain_text
from challenge.curriculum.publish import Origin, Publication, days_with, lock_program, republish
from challenge.curriculum.slots import SHOWN, Compiled
from challenge.models import Day, Recall, Revision, Stretch


class NeedsReplacement(Exception):
    """The recall would leave `days` without a stretch; it needs a replacement."""

    def __init__(self, days: list[Day]) -> None:
        super().__init__(", ".join(str(day.number) for day in days))
        self.days = days


def recall(
    stretch: Stretch, replacement: Stretch | None, message: str, now: datetime, author: User | None
) -> Recall | None:
    """Remove a stretch from the course for everybody. Return None when it is recalled already. Raises
    NeedsReplacement, and changes nothing, when a day would be left without a stretch."""
    with transaction.atomic():
        lock_program(stretch.program_id)
        stretch = Stretch.objects.select_related("program").get(pk=stretch.pk)
        if stretch.recalled_at:
            return None
        days = days_with(stretch)
        stretch.recalled_at, stretch.replacement = now, replacement
        stretch.save(update_fields=["recalled_at", "replacement"])
        if empty := [day for day in days if day.published and not _stretches_left(day)]:
            raise NeedsReplacement(empty)
        republish(days, Publication(now, Origin.RECALL, author, for_all=True, note=message[:200]))
        _unpin(stretch)
        return _correction(stretch, replacement, message, now, author)


def days_that_name(stretch: Stretch) -> list[int]:
    """Return the days whose text names a stretch: a recall does not change text, so the coach has to."""
    days = stretch.program.days.filter(published__isnull=False).select_related("published")
    named = stretch.title.casefold()
    return [day.number for day in days if day.published and named in day.published.content["body"].casefold()]


def _stretches_left(day: Day) -> bool:
    assert day.published is not None
    return bool(assemble(day, day_content(day.published.content))["stretches"])


def _unpin(stretch: Stretch) -> None:
    """Give runners the newest revision of days that no longer show the stretch; a pinned one may show it."""
    newest = Day.objects.filter(program=stretch.program, revisions__stretches=stretch).values("published")
    Revision.objects.filter(pk__in=newest).update(for_all=True)


def _correction(
    stretch: Stretch, replacement: Stretch | None, message: str, now: datetime, author: User | None
) -> Recall:
    compiled = compile_correction(stretch.title, replacement, message)
    return Recall.objects.create(
        stretch=stretch,
        message=message,
        subject=compiled.subject,
        text=compiled.text,
        html=compiled.html,
        recalled_at=now,
        recalled_by=author,
    )


def compile_correction(title: str, replacement: Stretch | None, message: str) -> Compiled:
    """Compile the mail about a recall. The replacement is in its own section: it may be left out as well."""
    words = {"stretch": title, "message_html": to_html(message), "message_text": plain_text(message)}
    if replacement is None:
        return compile_mail("correction", words)
    instead = {"title": replacement.title, "slug": replacement.slug}
    return compile_mail("correction", {**words, "replacement": instead}, shown=marks(SHOWN, replacement.slug))
