"""The rows of a day's form with a stretch and its dose each."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenge.coach.course.content_form import DraftText
from challenge.coach.course.drawing_rows import FigureRowsForm
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import Finding
from challenge.curriculum.lint import fields as limits
from challenge.curriculum.parse import MAX_STRETCHES, STRETCH_MINUTES
from challenge.models import Stretch

ROWS = range(1, MAX_STRETCHES + 1)
KEYS = ("dose", "minutes", "note", "all_steps")
NAMES = (gettext_lazy("First stretch"), gettext_lazy("Second stretch"), gettext_lazy("Third stretch"))


class StretchRowsForm(FigureRowsForm):
    """A content form with rows of stretches. Without a dose, a mail shows the stretch's hold and sets."""

    def __init__(self, data: Any = None, *, stretches: list[Stretch], **options: Any) -> None:
        super().__init__(data, **options)
        source = self.data if self.is_bound else self.initial
        for row in ROWS:
            chosen = str(source.get(f"stretch_{row}") or "")
            self.fields |= _row_fields(row, _choices(stretches, chosen))
        named = list(self.fields)
        place = named.index("lesson") + 1
        self.order_fields([*named[:place], *self.stretch_fields])

    @property
    def stretch_fields(self) -> list[str]:
        return [f"{key}_{row}" for row in ROWS for key in ("stretch", *KEYS)]

    def clean(self) -> dict[str, Any]:
        """Refuse a dose typed for no stretch, or for one chosen above: the draft couldn't keep it."""
        chosen: set[str] = set()
        for row in ROWS:
            slug = self.cleaned_data.get(f"stretch_{row}") or ""
            if self._is_typed(row) and not slug:
                self.add_error(f"stretch_{row}", _("Choose the stretch of this dose, or empty the dose."))
            elif self._is_typed(row) and slug in chosen:
                self.add_error(f"stretch_{row}", _("This stretch is chosen above. Give it one dose."))
            chosen.add(slug)
        return self.cleaned_data

    def _is_typed(self, row: int) -> bool:
        """Return whether a row has a dose that is not the one it opened with."""
        return bool(self._dose(row)) and any(f"{key}_{row}" in self.changed_data for key in KEYS)

    def chosen_stretches(self) -> list[str]:
        slugs = [self.cleaned_data[f"stretch_{row}"] for row in ROWS]
        return list(dict.fromkeys(slug for slug in slugs if slug))

    def doses(self) -> dict[str, Content]:
        found = {self.cleaned_data[f"stretch_{row}"]: self._dose(row) for row in reversed(ROWS)}
        return {slug: found[slug] for slug in self.chosen_stretches() if found[slug]}

    def _dose(self, row: int) -> Content:
        """Return a row's dose; empty when nothing of it is filled in."""
        dose = {key: self.cleaned_data.get(f"{key}_{row}") for key in KEYS}
        return dose if any(dose.values()) else {}

    def field_of(self, finding: Finding) -> str:
        if not finding.place.startswith("doses."):
            return super().field_of(finding)
        _doses, slug, key = finding.place.split(".")
        rows = (row for row in ROWS if self[f"stretch_{row}"].value() == slug)
        return f"{key}_{next(rows, 1)}"


def stretch_row_values(day: Content) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for row, slug in enumerate(day.get("stretches", []), 1):
        dose = day.get("doses", {}).get(slug, {})
        values |= {f"stretch_{row}": slug, **{f"{key}_{row}": dose.get(key) for key in KEYS}}
    return values


def _row_fields(row: int, choices: list[tuple[str, str]]) -> dict[str, forms.Field]:
    name = NAMES[row - 1]
    least, most = STRETCH_MINUTES
    return {
        f"stretch_{row}": forms.ChoiceField(label=name, required=False, choices=choices),
        f"dose_{row}": DraftText(
            label=_("%(stretch)s: dose") % {"stretch": name},
            help_text=_("Such as 2 x 45 s, 2 x 8, 2 x 10 breaths, 5 min."),
        ),
        f"minutes_{row}": forms.IntegerField(
            label=_("%(stretch)s: minutes") % {"stretch": name},
            required=False,
            min_value=least,
            max_value=most,
            help_text=_("On this day, with the changes of side: %(least)d to %(most)d.")
            % {"least": least, "most": most},
        ),
        f"note_{row}": DraftText(
            label=_("%(stretch)s: note") % {"stretch": name},
            help_text=_("What is different on this day; up to %(most)d characters.")
            % {"most": limits.NOTE[1]},
        ),
        f"all_steps_{row}": forms.BooleanField(
            label=_("%(stretch)s: all steps in the mail, because it is new") % {"stretch": name},
            required=False,
        ),
    }


def _choices(stretches: list[Stretch], chosen: str) -> list[tuple[str, str]]:
    """Return every stretch on offer; a recalled one only where the draft still names it."""
    offered = [
        (stretch.slug, _named(stretch))
        for stretch in stretches
        if not stretch.recalled_at or stretch.slug == chosen
    ]
    return [("", _("none")), *offered]


def _named(stretch: Stretch) -> str:
    if stretch.recalled_at:
        return _("%(title)s (recalled)") % {"title": stretch.title}
    minutes = ngettext("%(count)d minute", "%(count)d minutes", stretch.minutes) % {"count": stretch.minutes}
    return f"{stretch.title}, {minutes}"
