"""The dose of a stretch on one day: sets and a count, such as "2 x 45 s", or minutes, such as "5 min"."""

import re
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Unit(Enum):
    """What a dose counts; the value is how it is written."""

    SECONDS = "s"
    BREATHS = "breaths"
    TIMES = ""
    MINUTES = "min"


# The most of each unit: more of it is a slip of the pen.
MOST = {Unit.SECONDS: 180, Unit.BREATHS: 30, Unit.TIMES: 30, Unit.MINUTES: 12}
MOST_SETS = 5
_SETS = re.compile(r"(\d{1,2}) ?[x\u00d7] ?(\d{1,3}) ?(s|breaths|)", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,2}) ?min", re.IGNORECASE)


class DoseError(ValueError):
    """The text is no dose; `args[0]` says what one looks like."""


@dataclass(frozen=True)
class Dose:
    sets: int
    count: int
    unit: Unit

    @property
    def hold_seconds(self) -> int:
        """Return the seconds of holding on one side; 0 for a dose that counts something else."""
        return self.sets * self.count if self.unit is Unit.SECONDS else 0

    def words(self, *, on_each_side: bool) -> str:
        amount = self._counted()
        if self.sets > 1:
            amount = _("%(sets)d \u00d7 %(amount)s") % {"sets": self.sets, "amount": amount}
        if on_each_side and self.unit is not Unit.MINUTES:
            return _("%(amount)s on each side") % {"amount": amount}
        return amount

    def _counted(self) -> str:
        match self.unit:
            case Unit.SECONDS:
                text = ngettext("%(count)d second", "%(count)d seconds", self.count)
            case Unit.BREATHS:
                text = ngettext("%(count)d breath", "%(count)d breaths", self.count)
            case Unit.MINUTES:
                text = ngettext("%(count)d minute", "%(count)d minutes", self.count)
            case Unit.TIMES if self.sets == 1:
                text = ngettext("%(count)d time", "%(count)d times", self.count)
            case Unit.TIMES:
                text = "%(count)d"
        return text % {"count": self.count}


def parse_dose(text: str) -> Dose:
    """Read "2 x 45 s", "2 x 8", "2 x 10 breaths" or "5 min". Raises DoseError for any other text."""
    text = " ".join(text.split())
    if found := _SETS.fullmatch(text):
        dose = Dose(int(found[1]), int(found[2]), Unit(found[3].lower()))
    elif found := _MINUTES.fullmatch(text):
        dose = Dose(1, int(found[1]), Unit.MINUTES)
    else:
        raise DoseError(_("Write the dose as 2 x 45 s, 2 x 8, 2 x 10 breaths or 5 min."))
    if not (1 <= dose.sets <= MOST_SETS and 1 <= dose.count <= MOST[dose.unit]):
        advice = _("At most %(sets)d sets of %(count)d %(unit)s fit, and at least one. Change the dose.")
        values = {"sets": MOST_SETS, "count": MOST[dose.unit], "unit": dose.unit.value}
        raise DoseError(" ".join((advice % values).split()))
    return dose


def draft_dose(text: str) -> Dose | None:
    """Read the dose of a draft, which may be any text; None when it is no dose."""
    try:
        return parse_dose(text)
    except DoseError:
        return None
