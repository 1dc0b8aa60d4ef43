"""Drafts: what the coach is at work on, saved whatever its faults, until she publishes or drops it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.curriculum.lesson import Content, own_words
from challenge.models import Day, Stretch


class Overtaken(Exception):
    """Somebody saved another draft meanwhile."""


def working_copy(item: Day | Stretch) -> Content:
    """What an editor opens with: the draft, else what is published."""
    published: Content = {}
    if isinstance(item, Stretch):
        published = item.content
    elif item.published:
        published = own_words(item.published.content)
    return published if item.draft is None else item.draft


def save(
    item: Day | Stretch, words: Content, seen: datetime | None, author: User | None, now: datetime
) -> None:
    """Keep a draft. `seen` is when the draft that the author opened was saved (None: there was none);
    raises Overtaken, and keeps the other one, when another was saved since."""
    with transaction.atomic():
        held = type(item)._default_manager.select_for_update(of=("self",)).get(pk=item.pk)
        if held.draft_saved_at != seen:
            raise Overtaken
        held.draft, held.draft_saved_at, held.draft_by = words, now, author
        held.save(update_fields=["draft", "draft_saved_at", "draft_by"])


def drop(item: Day | Stretch) -> None:
    """Forget a draft."""
    type(item)._default_manager.filter(pk=item.pk).update(draft=None, draft_saved_at=None, draft_by=None)
