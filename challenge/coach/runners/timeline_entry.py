"""One entry of the timeline of an enrollment."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy

from challenge.coach.wording import when

KINDS = {
    "event": gettext_lazy("Event"),
    "mail": gettext_lazy("Mail"),
    "return": gettext_lazy("Return"),
    "check-in": gettext_lazy("Check-in"),
    "question": gettext_lazy("Question"),
    "answer": gettext_lazy("Answer"),
    "note": gettext_lazy("Note"),
    "memo": gettext_lazy("Memo"),
    "consent": gettext_lazy("Consent"),
    "screening": gettext_lazy("Screening"),
    "hold": gettext_lazy("Hold"),
}


@dataclass(frozen=True)
class AttemptRow:
    at: str
    phase: str
    outcome: str
    code: int | None
    answer: str


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline. `local_time` is `at` on the runner's own clock; `alert` highlights it;
    `address` leads to what can be done."""

    at: datetime
    kind: str
    title: str
    local_time: str = ""
    lines: list[str] = field(default_factory=list)
    note: str = ""
    attempts: list[AttemptRow] = field(default_factory=list)
    message_id: str = ""
    alert: bool = False
    address: str = ""
    address_label: str = ""

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])

    @property
    def time(self) -> str:
        return when(self.at)
