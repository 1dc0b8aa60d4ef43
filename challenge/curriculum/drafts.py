"""Drafts: what the coach is at work on, saved whatever its faults, until she publishes or drops it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.curriculum.lesson import Content, own_words
from challenge.models import Day, Stretch


class Overtaken(Exception):
    """Somebody saved another draft, or published other words, meanwhile."""


def working_copy(item: Day | Stretch) -> Content:
    """What an editor opens with: the draft, else what is published."""
    published: Content = {}
    if isinstance(item, Stretch):
        published = item.content
    elif item.published:
        published = own_words(item.published.content)
    return published if item.draft is None else item.draft


def save(
    item: Day | Stretch,
    words: Content,
    seen: datetime | None,
    author: User | None,
    now: datetime,
    base: int | None = None,
) -> None:
    """Keep a draft. `seen` is when the draft that the author opened was saved (None: there was none),
    `base` the number of the version that was published then (0: none was); raises Overtaken, and keeps
    what there is, when another draft was saved or other words were published since."""
    with transaction.atomic():
        held = type(item)._default_manager.select_for_update(of=("self",)).get(pk=item.pk)
        if held.draft_saved_at != seen or (base is not None and _published_since(held, base)):
            raise Overtaken
        held.draft, held.draft_saved_at, held.draft_by = words, now, author
        held.save(update_fields=["draft", "draft_saved_at", "draft_by"])


def _published_since(item: Day | Stretch, base: int) -> bool:
    """Whether other words than those of version `base` are published by now. A day that was put together
    anew with a stretch has a new version that says the same."""
    if isinstance(item, Stretch):
        contents = {each.number: each.content for each in item.versions.filter(number__gte=base)}
    else:
        contents = {each.number: own_words(each.content) for each in item.revisions.filter(number__gte=base)}
    return bool(contents) and contents[max(contents)] != contents.get(base)


def drop(item: Day | Stretch) -> None:
    """Forget a draft."""
    type(item)._default_manager.filter(pk=item.pk).update(draft=None, draft_saved_at=None, draft_by=None)
