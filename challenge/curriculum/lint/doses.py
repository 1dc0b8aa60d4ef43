"""Check the doses of a day: a stretch that has one says what to do, in how many minutes."""

from typing import Any

from django.utils.translation import gettext as _

from challenge.curriculum.dose import DoseError, parse_dose
from challenge.curriculum.lint import fields
from challenge.curriculum.lint.fields import items_of, text_of
from challenge.curriculum.lint.finding import Finding
from challenge.curriculum.parse import STRETCH_MINUTES


def lint_doses(day: dict[str, Any]) -> list[Finding]:
    """Return the faults of a day's doses. The place of a finding is "doses.SLUG.KEY"."""
    doses = day.get("doses")
    doses = doses if isinstance(doses, dict) else {}
    shown = [(slug, doses[slug]) for slug in items_of(day.get("stretches")) if slug in doses]
    return [finding for slug, dose in shown for finding in _lint_dose(f"doses.{slug}", dose)]


def bad_minutes(place: str, minutes: Any) -> list[Finding]:
    least, most = STRETCH_MINUTES
    if isinstance(minutes, int) and least <= minutes <= most:
        return []
    advice = _("Give the minutes as a whole number from %(least)d to %(most)d.")
    return [Finding(place, 1, advice % {"least": least, "most": most})]


def _lint_dose(place: str, dose: dict[str, Any]) -> list[Finding]:
    found = bad_minutes(f"{place}.minutes", dose.get("minutes"))
    try:
        parse_dose(text_of(dose.get("dose")))
    except DoseError as error:
        found.append(Finding(f"{place}.dose", 1, str(error)))
    if note := text_of(dose.get("note")):
        found += fields.plain_field(f"{place}.note", note, fields.NOTE)
    return found
