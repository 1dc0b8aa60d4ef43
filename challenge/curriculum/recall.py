"""Recall: an unsafe stretch is taken out of every mail that has not left.

Those who were sent it get one correction, which delivery.corrections queues; here the course is
changed and the correction compiled, once.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.curriculum.compile import compile_mail, to_html
from challenge.curriculum.lesson import assemble, own_words
from challenge.curriculum.plain import plain
from challenge.curriculum.publish import Imprint, Origin, days_with, hold, republish
from challenge.models import Day, Recall, Revision, Stretch


class NeedsReplacement(Exception):
    """Without a replacement these days would have no stretch at all."""

    def __init__(self, days: list[Day]) -> None:
        super().__init__(", ".join(str(day.number) for day in days))
        self.days = days


def recall(
    stretch: Stretch, replacement: Stretch | None, message: str, now: datetime, author: User | None
) -> Recall | None:
    """Take a stretch out of the course, for everybody. None when that was done already.

    Raises NeedsReplacement, and changes nothing, when a day would be left without a stretch.
    """
    with transaction.atomic():
        hold(stretch.program_id)
        stretch = Stretch.objects.select_related("program").get(pk=stretch.pk)
        if stretch.recalled_at:
            return None
        days = days_with(stretch)
        stretch.recalled_at, stretch.replacement = now, replacement
        stretch.save(update_fields=["recalled_at", "replacement"])
        if empty := [day for day in days if day.published and not _stretches_left(day)]:
            raise NeedsReplacement(empty)
        republish(days, Imprint(now, Origin.RECALL, author, for_all=True, note=message[:200]))
        _free_the_pinned(stretch)
        return _correction(stretch, replacement, message, now, author)


def days_that_name(stretch: Stretch) -> list[int]:
    """The days whose own words name a stretch: a recall leaves words alone, so the coach has to."""
    days = stretch.program.days.filter(published__isnull=False).select_related("published")
    named = stretch.title.casefold()
    return [day.number for day in days if day.published and named in day.published.content["body"].casefold()]


def _stretches_left(day: Day) -> bool:
    assert day.published is not None
    return bool(assemble(day, own_words(day.published.content))["stretches"])


def _free_the_pinned(stretch: Stretch) -> None:
    """Of days that had dropped the stretch before, runners may be pinned to a revision that shows it:
    they get the newest."""
    newest = Day.objects.filter(program=stretch.program, revisions__stretches=stretch).values("published")
    Revision.objects.filter(pk__in=newest).update(for_all=True)


def _correction(
    stretch: Stretch, replacement: Stretch | None, message: str, now: datetime, author: User | None
) -> Recall:
    compiled = compile_mail(
        "correction",
        {
            "stretch": stretch.title,
            "message_html": to_html(message),
            "message_text": plain(message),
            "replacement": {"title": replacement.title, "slug": replacement.slug} if replacement else None,
        },
    )
    return Recall.objects.create(
        stretch=stretch,
        message=message,
        subject=compiled.subject,
        text=compiled.text,
        html=compiled.html,
        recalled_at=now,
        recalled_by=author,
    )
