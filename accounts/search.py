"""The search of the admin's lists."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import smart_split, unescape_string_literal

from accounts.addresses import ascii_spelling
from accounts.words import search_words

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

# What mail programs put around an address.
AROUND_ADDRESS = "<>()[],;:"


class CleanSearch(Base):
    """Require each word of a search in one of `search_fields`, in either spelling of an international address
    (bücher.example, xn--bcher-kva.example). The fields follow no relation to many rows."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if fields := self.get_search_fields(request):
            for word in words_of(search_term):
                queryset = queryset.filter(_either(fields, {word, ascii_spelling(word)}))
        return queryset, False


def words_of(search_term: str) -> Iterator[str]:
    for word in smart_split(search_words(search_term)):
        if word[0] in "\"'" and word[0] == word[-1] and len(word) > 1:
            word = unescape_string_literal(word)
        word = word.removeprefix("mailto:")
        yield word.strip(AROUND_ADDRESS) if "@" in word else word


def _either(fields: Any, spellings: set[str]) -> Q:
    found = Q()
    for field in fields:
        for spelling in spellings:
            found |= Q((f"{field}__icontains", spelling))
    return found
