"""The rows of a form with a drawing and its description each."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from challenge import drawings
from challenge.coach.course.content_form import AnnotatedField, ContentForm, DraftText
from challenge.curriculum import drawing_files
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import Finding

MAX_ROWS = 12


def picture_address(name: str) -> str:
    """Return the address of a drawing; empty when there is none of that name."""
    return reverse("figure", args=[drawing_files.file_name(name)]) if name in drawings.names() else ""


class FigureRowsForm(ContentForm):
    """A content form with rows of drawings, at least `min_rows`."""

    min_rows = 2

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        source: Mapping[str, Any] = self.data if self.is_bound else self.initial
        self.rows = self.min_rows
        while self.rows < MAX_ROWS and (self.is_bound or source.get(f"figure_{self.rows}")):
            if self.is_bound and f"figure_{self.rows + 1}" not in source:
                break
            self.rows += 1
        for row in range(1, self.rows + 1):
            chosen = source.get(f"figure_{row}") or ""
            self.fields[f"figure_{row}"] = forms.ChoiceField(
                label=_("Picture %(row)d") % {"row": row}, required=False, choices=_choices(chosen)
            )
            self.fields[f"alt_{row}"] = DraftText(
                label=_("Picture %(row)d in words") % {"row": row},
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            )

    def figures(self) -> list[Content]:
        """Return the drawings of all rows that are not empty."""
        rows = [(self.cleaned_data[f"figure_{n}"], self._alt(n)) for n in range(1, self.rows + 1)]
        return [{"name": name, "alt": alt} for name, alt in rows if name or alt]

    def _alt(self, row: int) -> str:
        # A browser's field may contain line breaks; the description is one line.
        return " ".join(self.cleaned_data[f"alt_{row}"].split())

    def field_of(self, finding: Finding) -> str:
        if finding.place == "figures":
            return f"figure_{min(finding.line, self.rows)}"
        if finding.place == "alt":
            return f"alt_{min(finding.line, self.rows)}"
        return super().field_of(finding)

    def figure_rows(self) -> list[tuple[AnnotatedField, AnnotatedField, str]]:
        """Return each row's two fields, and the address of its drawing."""
        return [
            (
                self.annotated(f"figure_{row}"),
                self.annotated(f"alt_{row}"),
                picture_address(str(self[f"figure_{row}"].value() or "")),
            )
            for row in range(1, self.rows + 1)
        ]


def figure_values(content: Content) -> dict[str, str]:
    values: dict[str, str] = {}
    for row, figure in enumerate(content.get("figures", []), 1):
        values |= {f"figure_{row}": figure.get("name", ""), f"alt_{row}": figure.get("alt", "")}
    return values


def _choices(chosen: str) -> list[tuple[str, str]]:
    known = [(name, name) for name in drawings.names()]
    unknown = [(chosen, chosen)] if chosen and chosen not in drawings.names() else []
    return [("", _("none")), *known, *unknown]
