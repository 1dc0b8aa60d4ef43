"""The search of the library: by words, minutes, equipment and area."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.words import search_words
from challenge.curriculum.lesson import Content
from challenge.site.fields import PlainForm

MAT = "mat"
MAX_LENGTH = 100
# Keyboards, above all those of phones, write these for an apostrophe.
APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc`\u00b4", "'"))
SEARCHED = ("title", "purpose", "body")
AT_MOST = ngettext_lazy("At most %d minute", "At most %d minutes")


class SearchField(forms.CharField):
    """The words of a search, cut at MAX_LENGTH."""

    def to_python(self, value: Any) -> Any:
        return search_words(str(value or ""))[:MAX_LENGTH]


class LibraryForm(PlainForm):
    """A visitor's search. An unknown value counts as no value."""

    words = SearchField(label=_("Words"), max_length=MAX_LENGTH, required=False)
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


def read_search(params: Mapping[str, str], library: Iterable[Content]) -> tuple[LibraryForm, dict[str, Any]]:
    sent = LibraryForm(library, params)
    sent.is_valid()
    wanted = {name: value for name, value in sent.cleaned_data.items() if value}
    return LibraryForm(library, initial=wanted), wanted


def is_too_long(params: Mapping[str, str]) -> bool:
    return len(search_words(params.get("words", ""))) > MAX_LENGTH


def matches(stretch: Content, wanted: Mapping[str, Any]) -> bool:
    return (
        _matches_words(stretch, wanted.get("words", ""))
        and stretch["minutes"] <= wanted.get("minutes", stretch["minutes"])
        and _matches_equipment(stretch, wanted.get("equipment"))
        and wanted.get("area") in (None, *stretch.get("area", []))
    )


def _matches_words(stretch: Content, words: str) -> bool:
    """Require every word, at least as a part of a word; ignore case, accents and kinds of apostrophes."""
    text = _folded(" ".join([*(stretch[key] for key in SEARCHED), *stretch.get("area", [])]))
    return all(word in text for word in _folded(words).split())


def _matches_equipment(stretch: Content, item: str | None) -> bool:
    if item == MAT:
        return set(stretch["equipment"]) <= {MAT}
    return item is None or item in stretch["equipment"]


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
