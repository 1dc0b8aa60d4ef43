"""What the coach is at work on, a day or a stretch: the same rooms (editor, preview, publishing, versions)
open for both."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenge.coach.course.drawing_rows import FigureRowsForm
from challenge.curriculum import drafts
from challenge.curriculum.compile import Compiled
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import Finding
from challenge.curriculum.publish import Publication
from challenge.models import Day, Revision, Stretch, StretchVersion

Item = TypeVar("Item", Day, Stretch)
AnyVersion = Revision | StretchVersion


@dataclass(frozen=True)
class Row:
    """One thing that a version says, as text to be read and compared."""

    name: str
    text: str


@dataclass(frozen=True)
class Leap:
    """Runners who would get more than the last change, and where the rest of it is read."""

    said: str
    address: str


@dataclass(frozen=True)
class Reach:
    """Who would get what: of one day, published the ordinary way or for all."""

    day: int
    ordinary: str
    for_all: str
    leaps: list[Leap]


class Work(ABC, Generic[Item]):
    """One day or one stretch on the coach's desk. `words` are what its draft holds."""

    table: ClassVar[str]
    rooms: ClassVar[tuple[str, ...]] = ("change", "preview", "drop", "publish", "versions", "compare")
    item: Item

    def __init__(self, item: Item) -> None:
        self.item = item

    @classmethod
    @abstractmethod
    def rows_of_table(cls) -> QuerySet[Any]:
        """The table, with what a page needs."""

    @classmethod
    def open(cls, pk: int, *, lock: bool = False) -> Self:
        """Raises Http404. `lock` holds the row until the transaction ends."""
        rows = cls.rows_of_table()
        return cls(get_object_or_404(rows.select_for_update(of=("self",)) if lock else rows, pk=pk))

    @property
    @abstractmethod
    def title(self) -> str: ...

    @property
    @abstractmethod
    def versions(self) -> QuerySet[Any]:
        """Newest first."""

    @abstractmethod
    def form(self, data: Any = None) -> FigureRowsForm:
        """The words to be edited: those that were posted, else the draft, else what is published."""

    @abstractmethod
    def values(self, words: Content) -> dict[str, Any]:
        """Words as the form's values."""

    @abstractmethod
    def words_of(self, version: AnyVersion) -> Content:
        """What a draft would hold to say the same as a version."""

    @abstractmethod
    def review(self, words: Content) -> list[Finding]: ...

    @abstractmethod
    def content(self, words: Content) -> Content:
        """What a version with these words would say, the parts taken from elsewhere among it."""

    @abstractmethod
    def rows(self, content: Content) -> list[Row]:
        """A version's content to be read."""

    @abstractmethod
    def publish(self, words: Content, publication: Publication, base: int) -> bool:
        """False when nothing changed. Raises publish.PublishConflict."""

    @abstractmethod
    def reach(self, words: Content) -> list[Reach]:
        """Whom publishing these words would reach, day by day."""

    @abstractmethod
    def mail(self, words: Content) -> tuple[Compiled, int]:
        """A mail that shows the words, and the number of its day. Raises OSError when it can't be made."""

    @property
    def corrections(self) -> int:
        """How many corrections of a recall there are."""
        return 0

    @property
    def newest(self) -> AnyVersion | None:
        found: AnyVersion | None = self.versions.first()
        return found

    @property
    def newest_number(self) -> int:
        return self.newest.number if self.newest else 0

    def shown(self, words: Content) -> str:
        """A fingerprint of what publishing these words would say, as it was on the coach's screen."""
        said = json.dumps(self.content(words), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    @abstractmethod
    def reaches_all(self) -> bool:
        """Whether what is published already goes to everybody whose mail has not left."""

    @property
    def working_copy(self) -> Content:
        return self.whole(drafts.working_copy(self.item))

    @property
    def published_words(self) -> Content:
        return self.words_of(self.newest) if self.newest else self.whole({})

    @abstractmethod
    def whole(self, words: Content) -> Content:
        """The words with every key that is asked for, and no other."""

    @property
    def stamp(self) -> str:
        """When the draft was saved; empty when there is none."""
        return self.item.draft_saved_at.isoformat() if self.item.draft_saved_at else ""

    def address(self, room: str, *args: Any) -> str:
        return reverse(f"admin:challenge_{self.table}_{room}", args=[self.item.pk, *args])


def who_gets_what(keep: Counter[int], get: int, number: int) -> str:
    """Such as "14 keep version 1, 6 get version 2"."""
    said = [_keep(count, version) for version, count in sorted(keep.items()) if count]
    return ", ".join([*said, _get(get, number)])


def who_gets_all(sent: Counter[int], get: int, number: int) -> str:
    """The same when it is published for all: who was sent a version has it for good."""
    said = _get(get, number)
    kept = [_sent(count, version) for version, count in sorted(sent.items()) if count]
    return "; ".join([said, ", ".join(kept)]) if kept else said


def _keep(count: int, version: int) -> str:
    said = ngettext("%(count)d keeps version %(version)d", "%(count)d keep version %(version)d", count)
    return said % {"count": count, "version": version}


def _get(count: int, version: int) -> str:
    if not count:
        return _("nobody gets version %(version)d yet") % {"version": version}
    said = ngettext("%(count)d gets version %(version)d", "%(count)d get version %(version)d", count)
    return said % {"count": count, "version": version}


def _sent(count: int, version: int) -> str:
    said = ngettext(
        "%(count)d was sent version %(version)d already and keeps it in the web copy",
        "%(count)d were sent version %(version)d already and keep it in their web copy",
        count,
    )
    return said % {"count": count, "version": version}


def who_leaps(count: int, version: int, newest: int) -> str:
    said = ngettext(
        "%(count)d runner who began with version %(version)d also gets what changed in version %(since)s.",
        "%(count)d runners who began with version %(version)d also get what changed in version %(since)s.",
        count,
    )
    since = str(newest) if newest == version + 1 else _("%(first)d to %(last)d") % {
        "first": version + 1, "last": newest
    }  # fmt: skip
    return said % {"count": count, "version": version, "since": since}


def listed(items: Sequence[str]) -> str:
    """Items as lines of text."""
    return "\n".join(items)


def pictures(content: Content) -> str:
    return listed(
        [f"{figure.get('name', '')}: {figure.get('alt', '')}" for figure in content.get("figures", [])]
    )
