"""Finding a stretch: by words, minutes, equipment and area."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from challenge.curriculum.lesson import Content
from challenge.site.fields import PlainForm

MAT = "mat"
LONGEST = 100
# What keyboards, above all those of phones, write for an apostrophe.
APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc`\u00b4", "'"))
SEARCHED = ("title", "purpose", "body")
AT_MOST = ngettext_lazy("At most %d minute", "At most %d minutes")


class CutField(forms.CharField):
    """Words of which the beginning counts, and no character that can't be typed."""

    def to_python(self, value: Any) -> Any:
        text: str = super().to_python(str(value or "").replace("\0", "")) or ""
        return text[:LONGEST]


class LibraryForm(PlainForm):
    """What a visitor looks for. A value that is not on offer counts as none."""

    words = CutField(label=_("Words"), max_length=LONGEST, required=False)
    minutes = forms.TypedChoiceField(label=_("Minutes"), coerce=int, empty_value=None, required=False)
    equipment = forms.ChoiceField(label=_("Equipment"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, library: Iterable[Content], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stretches = list(library)
        minutes = sorted({stretch["minutes"] for stretch in stretches})
        items = _named(stretches, "equipment") - {MAT}
        self.fields["words"].widget.input_type = "search"
        self._offer("minutes", _("Any"), [(str(n), AT_MOST % n) for n in minutes])
        self._offer("equipment", _("Any"), [(MAT, _("Nothing but a mat")), *_pairs(items)])
        self._offer("area", _("Any"), _pairs(_named(stretches, "area")))

    def _offer(self, name: str, nothing: Any, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", nothing), *choices]


def _named(stretches: Iterable[Content], key: str) -> set[str]:
    return {name for stretch in stretches for name in stretch.get(key, [])}


def _pairs(names: set[str]) -> list[tuple[str, str]]:
    return [(name, name.capitalize()) for name in sorted(names)]


def read(params: Mapping[str, str], library: Iterable[Content]) -> tuple[LibraryForm, dict[str, Any]]:
    """The form as it is to be shown, and what of it was asked for and can be."""
    asked = LibraryForm(library, params)
    asked.is_valid()
    wanted = {name: value for name, value in asked.cleaned_data.items() if value}
    return LibraryForm(library, initial=wanted), wanted


def is_too_long(params: Mapping[str, str]) -> bool:
    """Whether the end of the words is left out."""
    return len(params.get("words", "").strip()) > LONGEST


def fits(stretch: Content, wanted: Mapping[str, Any]) -> bool:
    """Whether a stretch is what somebody looks for."""
    return (
        _says(stretch, wanted.get("words", ""))
        and stretch["minutes"] <= wanted.get("minutes", stretch["minutes"])
        and _takes(stretch, wanted.get("equipment"))
        and wanted.get("area") in (None, *stretch.get("area", []))
    )


def _says(stretch: Content, words: str) -> bool:
    """Every word counts; case, accents, the kind of an apostrophe and the rest of a longer word do not."""
    said = _bare(" ".join([*(stretch[key] for key in SEARCHED), *stretch.get("area", [])]))
    return all(word in said for word in _bare(words).split())


def _takes(stretch: Content, item: str | None) -> bool:
    if item == MAT:
        return set(stretch["equipment"]) <= {MAT}
    return item is None or item in stretch["equipment"]


def _bare(text: str) -> str:
    taken_apart = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).casefold())
    return "".join(mark for mark in taken_apart if not unicodedata.combining(mark))
