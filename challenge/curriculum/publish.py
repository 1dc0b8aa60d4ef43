"""Publishing: a day or a stretch becomes a numbered version, compiled once, and kept for good."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.curriculum.compile import Compiled, compile_lesson
from challenge.curriculum.lesson import Content, assemble, own_words, used
from challenge.models import Day, Program, Revision, Stretch, StretchVersion
from challenge.models.publishing import Version

Origin = Version.Origin


class Outdated(Exception):
    """Somebody published another version since this one was looked at."""


@dataclass(frozen=True)
class Imprint:
    """Who publishes, when, how far it reaches, and what she says of it."""

    now: datetime
    origin: Version.Origin = Origin.FILES
    author: User | None = None
    for_all: bool = False
    note: str = ""


def hold(program_id: int) -> None:
    """Let nobody else publish or recall in a program until this transaction ends. Taken before
    anything is read, so that no words are published over newer ones."""
    Program.objects.select_for_update(no_key=True).get(pk=program_id)


def publish_day(day: Day, words: Content, imprint: Imprint, base: int | None = None) -> Revision | None:
    """Publish a day's words as its next revision. None when nothing would change.

    `base` is the number of the revision that the author had before her; raises Outdated when another
    one was published meanwhile.
    """
    with transaction.atomic():
        hold(day.program_id)
        day = Day.objects.select_related("published", "program").get(pk=day.pk)
        newest = day.published
        if base is not None and base != (newest.number if newest else 0):
            raise Outdated
        content = assemble(day, words)
        compiled = compile_lesson(content, day.program.length)
        revision = None
        if newest is None or (newest.digest, newest.content) != (compiled.digest, content):
            revision = _store(day, content, compiled, imprint)
            day.published = revision
        elif imprint.for_all and imprint.origin is Origin.COACH and not newest.for_all:
            # The same words, and now for everybody.
            newest.for_all = True
            newest.save(update_fields=["for_all"])
        day.save(update_fields=["published"])
    return revision


def _store(day: Day, content: Content, compiled: Compiled, imprint: Imprint) -> Revision:
    newest = day.revisions.first()
    revision = Revision.objects.create(
        day=day,
        number=newest.number + 1 if newest else 1,
        origin=imprint.origin,
        author=imprint.author,
        note=imprint.note,
        content=content,
        title=content["day"]["title"],
        points=content["day"]["points"],
        minutes=content["day"]["minutes"],
        subject=compiled.subject,
        text=compiled.text,
        html=compiled.html,
        digest=compiled.digest,
        for_all=imprint.for_all,
        published_at=imprint.now,
    )
    revision.stretches.set(used(day.program, content))
    return revision


def publish_stretch(stretch: Stretch, content: Content, imprint: Imprint, base: int | None = None) -> bool:
    """Publish a stretch as its next version, and every day that shows it anew. False when nothing
    would change; raises Outdated as publish_day does."""
    with transaction.atomic():
        hold(stretch.program_id)
        stretch = Stretch.objects.select_related("program").get(pk=stretch.pk)
        newest = stretch.versions.first()
        if base is not None and base != (newest.number if newest else 0):
            raise Outdated
        changed = newest is None or newest.content != content
        if changed:
            StretchVersion.objects.create(
                stretch=stretch,
                number=newest.number + 1 if newest else 1,
                origin=imprint.origin,
                author=imprint.author,
                note=imprint.note,
                content=content,
                published_at=imprint.now,
            )
            stretch.content = content
            stretch.title, stretch.minutes = content["title"], content["minutes"]
            stretch.save(update_fields=["content", "title", "minutes"])
        if (changed or imprint.for_all) and imprint.origin is not Origin.FILES:
            republish(days_with(stretch), imprint)
    return changed


def days_with(stretch: Stretch) -> list[Day]:
    """The days whose newest revision shows a stretch."""
    days = stretch.program.days.filter(published__stretches=stretch)
    return list(days.select_related("published", "program"))


def republish(days: list[Day], imprint: Imprint) -> list[Revision]:
    """Put days together anew from their own words and the stretches as they are now."""
    published = [(day, day.published) for day in days if day.published]
    made = [publish_day(day, own_words(revision.content), imprint) for day, revision in published]
    return [revision for revision in made if revision]
