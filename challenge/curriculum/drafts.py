"""The coach's drafts, saved with all their faults until they are published or deleted."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.curriculum.lesson import Content, day_content
from challenge.models import Day, Stretch


class DraftConflict(Exception):
    """Somebody has saved another draft, or published another text, meanwhile."""


def working_copy(item: Day | Stretch) -> Content:
    """Return the text for an editor: the draft, else the published content."""
    published: Content = {}
    if isinstance(item, Stretch):
        published = item.content
    elif item.published:
        published = day_content(item.published.content)
    return published if item.draft is None else item.draft


def save(
    item: Day | Stretch,
    words: Content,
    seen: datetime | None,
    author: User | None,
    now: datetime,
    base: int | None = None,
) -> None:
    """Save a draft. `seen` is when the opened draft was saved (None: there was none), `base` the number of
    the version published then (0: none). Raises DraftConflict after another draft or publication."""
    with transaction.atomic():
        held = type(item)._default_manager.select_for_update(of=("self",)).get(pk=item.pk)
        if held.draft_saved_at != seen or (base is not None and _published_since(held, base)):
            raise DraftConflict
        held.draft, held.draft_saved_at, held.draft_by = words, now, author
        held.save(update_fields=["draft", "draft_saved_at", "draft_by"])


def _published_since(item: Day | Stretch, base: int) -> bool:
    """Return whether the published text differs from version `base`. A day published again because of a
    stretch has a new version with the same text of its own."""
    if isinstance(item, Stretch):
        contents = {each.number: each.content for each in item.versions.filter(number__gte=base)}
    else:
        contents = {
            each.number: day_content(each.content) for each in item.revisions.filter(number__gte=base)
        }
    return bool(contents) and contents[max(contents)] != contents.get(base)


def drop(item: Day | Stretch) -> None:
    type(item)._default_manager.filter(pk=item.pk).update(draft=None, draft_saved_at=None, draft_by=None)
