"""The search of the admin's lists.

A search is posted, and answered with a redirect to the list, so that what was typed is in no URL and so in no
log of a server. In the URL stands, for an address, the number of each person whose it is: "#3,5".
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import smart_split, unescape_string_literal

from accounts.addresses import ascii_spelling
from accounts.models import User
from accounts.words import search_words

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin

# What mail programs put around an address.
AROUND_ADDRESS = "<>()[],;:"
PEOPLE = re.compile(r"#(\d{1,18}(?:,\d{1,18})*)")
NOBODY = "#0"
MOST_PEOPLE = 100


class CleanSearch(Base):
    """Require each word of a search in one of `search_fields`, in either spelling of an international address
    (bücher.example, xn--bcher-kva.example). The fields follow no relation to many rows."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        given = request.POST if request.method == "POST" else request.GET
        if SEARCH_VAR in given and self.has_view_or_change_permission(request):
            cleaned = given.copy()
            cleaned.pop("csrfmiddlewaretoken", None)
            cleaned[SEARCH_VAR] = without_addresses(given[SEARCH_VAR], self.stand_in)
            if request.method == "POST":
                return HttpResponseRedirect(f"{request.path}?{cleaned.urlencode()}")
            request.GET = cleaned  # type: ignore[assignment]
        return super().changelist_view(request, extra_context)

    def stand_in(self, address: str) -> str:
        """Return the word of a search that finds what an address does."""
        return people_with(address)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if fields := self.get_search_fields(request):
            for word in words_of(search_term):
                queryset = queryset.filter(
                    _people(fields, word) or _either(fields, {word, ascii_spelling(word)})
                )
        return queryset, False


def words_of(search_term: str) -> Iterator[str]:
    for word in smart_split(search_words(search_term)):
        if word[0] in "\"'" and word[0] == word[-1] and len(word) > 1:
            word = unescape_string_literal(word)
        word = word.removeprefix("mailto:")
        yield word.strip(AROUND_ADDRESS) if "@" in word else word


def people_with(address: str) -> str:
    """Return the word that stands for the people with this address, or with this part of one; for very many
    the domain alone."""
    spelling = ascii_spelling(address).lower()
    exactly = User.objects.filter(email=spelling)
    found = exactly if exactly.exists() else User.objects.filter(email__icontains=spelling)
    numbers = list(found.order_by("pk").values_list("pk", flat=True)[: MOST_PEOPLE + 1])
    if len(numbers) > MOST_PEOPLE:
        return f"@{spelling.rpartition('@')[2]}"
    return f"#{','.join(map(str, numbers))}" if numbers else NOBODY


def without_addresses(search_term: str, stand_in: Any = people_with) -> str:
    """Return a search with another word for each address. A domain alone ("@example.com") names nobody."""
    if "@" not in search_words(search_term):
        return search_term
    return " ".join(
        stand_in(word) if "@" in word and not word.startswith("@") else word for word in words_of(search_term)
    )


def _people(fields: Any, word: str) -> Q:
    found = Q()
    if numbers := PEOPLE.fullmatch(word):
        for field in fields:
            if field == "email" or field.endswith("__email"):
                found |= Q((f"{field.removesuffix('email')}pk__in", numbers[1].split(",")))
    return found


def _either(fields: Any, spellings: set[str]) -> Q:
    found = Q()
    for field in fields:
        for spelling in spellings:
            found |= Q((f"{field}__icontains", spelling))
    return found
