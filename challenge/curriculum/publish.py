"""Publish a day or a stretch as a numbered version, compiled once and never deleted."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.curriculum.compile_lesson import compile_lesson
from challenge.curriculum.lesson import Content, assemble, day_content, stretches_of
from challenge.curriculum.slots import Compiled
from challenge.models import Day, Program, Revision, Stretch, StretchVersion
from challenge.models.publishing import Version

Origin = Version.Origin


class PublishConflict(Exception):
    """Somebody has published another version since this one was opened."""


@dataclass(frozen=True)
class Publication:
    now: datetime
    origin: Version.Origin = Origin.FILES
    author: User | None = None
    for_all: bool = False
    note: str = ""


def lock_program(program_id: int) -> None:
    """Lock out other publishing and recalls in a program until the transaction ends. Call it before reading
    anything, so that no text is published over a newer one."""
    Program.objects.select_for_update(no_key=True).get(pk=program_id)


def publish_day(
    day: Day, words: Content, publication: Publication, base: int | None = None
) -> Revision | None:
    """Publish a day's text as its next revision. Return None when nothing would change.

    `base` is the number of the revision that the author opened. Raises PublishConflict when another one was
    published meanwhile.
    """
    with transaction.atomic():
        lock_program(day.program_id)
        day = Day.objects.select_related("published", "program").get(pk=day.pk)
        newest = day.published
        if base is not None and base != (newest.number if newest else 0):
            raise PublishConflict
        content = assemble(day, words)
        compiled = compile_lesson(content, day.program.length)
        revision = None
        if newest is None or (newest.digest, newest.content) != (compiled.digest, content):
            revision = _store(day, content, compiled, publication)
            day.published = revision
        elif publication.for_all and publication.origin is Origin.COACH and not newest.for_all:
            # The same text is now published for all.
            newest.for_all = True
            newest.save(update_fields=["for_all"])
        day.save(update_fields=["published"])
    return revision


def _store(day: Day, content: Content, compiled: Compiled, publication: Publication) -> Revision:
    newest = day.revisions.first()
    revision = Revision.objects.create(
        day=day,
        number=newest.number + 1 if newest else 1,
        origin=publication.origin,
        author=publication.author,
        note=publication.note,
        content=content,
        title=content["day"]["title"],
        points=content["day"]["points"],
        minutes=content["day"]["minutes"],
        subject=compiled.subject,
        text=compiled.text,
        html=compiled.html,
        digest=compiled.digest,
        for_all=publication.for_all,
        published_at=publication.now,
    )
    revision.stretches.set(stretches_of(day.program, content))
    return revision


def publish_stretch(
    stretch: Stretch, content: Content, publication: Publication, base: int | None = None
) -> bool:
    """Publish a stretch as its next version, and again the days that show it. Return False when nothing would
    change. Raises PublishConflict as publish_day does."""
    with transaction.atomic():
        lock_program(stretch.program_id)
        stretch = Stretch.objects.select_related("program").get(pk=stretch.pk)
        newest = stretch.versions.first()
        if base is not None and base != (newest.number if newest else 0):
            raise PublishConflict
        changed = newest is None or newest.content != content
        if changed:
            StretchVersion.objects.create(
                stretch=stretch,
                number=newest.number + 1 if newest else 1,
                origin=publication.origin,
                author=publication.author,
                note=publication.note,
                content=content,
                published_at=publication.now,
            )
            stretch.content = content
            stretch.title, stretch.minutes = content["title"], content["minutes"]
            stretch.save(update_fields=["content", "title", "minutes"])
        if (changed or publication.for_all) and publication.origin is not Origin.FILES:
            republish(days_with(stretch), publication)
    return changed


def days_with(stretch: Stretch) -> list[Day]:
    days = stretch.program.days.filter(published__stretches=stretch)
    return list(days.select_related("published", "program"))


def republish(days: list[Day], publication: Publication) -> list[Revision]:
    """Publish days again, from their own text and the current stretches."""
    published = [(day, day.published) for day in days if day.published]
    made = [publish_day(day, day_content(revision.content), publication) for day, revision in published]
    return [revision for revision in made if revision]
