"""A day or a stretch that the coach edits; the editor, the preview, publishing and versions serve both."""

import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from challenge import drawings
from challenge.coach.course.audience import DayAudience
from challenge.coach.course.differences import Row
from challenge.coach.course.drawing_rows import FigureRowsForm
from challenge.curriculum import drafts
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import Finding
from challenge.curriculum.publish import Publication
from challenge.curriculum.slots import Compiled
from challenge.models import Day, Revision, Stretch, StretchVersion

Instance = TypeVar("Instance", Day, Stretch)
AnyVersion = Revision | StretchVersion
# XML 1.0 does not allow these characters, and a mail is compiled from XML.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class CourseItem(ABC, Generic[Instance]):
    """One day or one stretch in the editor. A draft holds what the coach types; the content of a version also
    holds the parts from other rows."""

    model_name: ClassVar[str]
    view_names: ClassVar[tuple[str, ...]] = ("change", "preview", "drop", "publish", "versions", "compare")
    instance: Instance

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    @classmethod
    @abstractmethod
    def queryset(cls) -> QuerySet[Any]:
        """Return the rows of the table, with what a page needs."""

    @classmethod
    def load(cls, pk: int, *, lock: bool = False) -> Self:
        """Return the item with this key. `lock` locks the row until the transaction ends. Raises Http404."""
        rows = cls.queryset()
        return cls(get_object_or_404(rows.select_for_update(of=("self",)) if lock else rows, pk=pk))

    @property
    @abstractmethod
    def title(self) -> str: ...

    @property
    @abstractmethod
    def versions(self) -> QuerySet[Any]:
        """Return all versions, newest first."""

    @abstractmethod
    def form(self, data: Any = None) -> FigureRowsForm:
        """Return the form of the draft: the posted one, else the saved one, else the published text."""

    @abstractmethod
    def form_values(self, draft: Content) -> dict[str, Any]: ...

    @abstractmethod
    def draft_of(self, version: AnyVersion) -> Content:
        """Return the draft with the same text as a version."""

    @abstractmethod
    def review(self, draft: Content) -> list[Finding]: ...

    @abstractmethod
    def content(self, draft: Content) -> Content:
        """Return the content of the version that this draft would become."""

    @abstractmethod
    def rows(self, content: Content) -> list[Row]:
        """Return a version's content as rows to read."""

    @abstractmethod
    def publish(self, draft: Content, publication: Publication, base: int) -> bool:
        """Return False when nothing changed. Raise publish.PublishConflict."""

    @abstractmethod
    def audience(self, draft: Content) -> list[DayAudience]: ...

    @abstractmethod
    def compile_mail(self, draft: Content) -> tuple[Compiled, int]:
        """Return the draft as a mail, and the number of its day. Raise OSError when it cannot be compiled."""

    @property
    def corrections(self) -> int:
        """Count the corrections that its recall has queued or sent."""
        return 0

    @property
    def newest(self) -> AnyVersion | None:
        found: AnyVersion | None = self.versions.first()
        return found

    @property
    def newest_number(self) -> int:
        return self.newest.number if self.newest else 0

    def fingerprint(self, draft: Content) -> str:
        """Return a digest of what this draft would publish: the coach confirms what the screen showed."""
        return hashlib.sha256(json.dumps(self.content(draft), sort_keys=True).encode()).hexdigest()

    @property
    @abstractmethod
    def is_for_all(self) -> bool:
        """Return whether the published version already goes to everybody whose mail has not left."""

    @property
    def working_copy(self) -> Content:
        return self.complete(drafts.working_copy(self.instance))

    @property
    def published_draft(self) -> Content:
        return self.draft_of(self.newest) if self.newest else self.complete({})

    @abstractmethod
    def complete(self, draft: Content) -> Content:
        """Return the draft with exactly the keys of the form."""

    @property
    def draft_stamp(self) -> str:
        """Return the time at which the draft was saved; empty when there is none."""
        return self.instance.draft_saved_at.isoformat() if self.instance.draft_saved_at else ""

    def address(self, view: str, *args: Any) -> str:
        return reverse(f"admin:challenge_{self.model_name}_{view}", args=[self.instance.pk, *args])


def lines_of(items: Sequence[str]) -> str:
    return "\n".join(items)


def picture_lines(content: Content) -> str:
    return lines_of(
        [f"{figure.get('name', '')}: {figure.get('alt', '')}" for figure in content.get("figures", [])]
    )


def clean_for_preview(content: Any) -> Any:
    """Remove control characters and unknown drawings, which prevent a draft from being compiled as a mail."""
    if isinstance(content, str):
        return _NOT_IN_XML.sub("", content)
    if isinstance(content, list):
        return [clean_for_preview(each) for each in content]
    if isinstance(content, dict):
        clean = {key: clean_for_preview(value) for key, value in content.items()}
        if "figures" in clean:
            known = set(drawings.names())
            clean["figures"] = [figure for figure in clean["figures"] if figure.get("name") in known]
        return clean
    return content
