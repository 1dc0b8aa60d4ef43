"""The named views of the list of enrollments that a coach has saved."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.fields import TextField
from accounts.search import without_addresses
from accounts.words import search_words
from challenge.coach.runners.filters import DayFilter
from challenge.models import SavedFilter

KNOWN = (
    "q",
    "o",
    "state__exact",
    "program__id__exact",
    "cohort__id__exact",
    "cohort__isnull",
    "runner__id__exact",
    DayFilter.FROM,
    DayFilter.TO,
    "quiet",
    "reach",
    "pain",
    "trouble",
)
LONGEST = 500


class SavedFilterForm(forms.Form):
    name = TextField(label=gettext_lazy("Save this view as"), max_length=80)
    query = forms.CharField(required=False, widget=forms.HiddenInput)


def known_parameters(query: str) -> str:
    """Return the list's parameters in a query string, each once, none empty."""
    try:
        given = QueryDict(query[: 4 * LONGEST])
    except ValueError:  # more fields than Django reads, or bytes that it cannot decode
        return ""
    known = {name: search_words(given.get(name, "")) for name in KNOWN}
    known["q"] = without_addresses(known["q"])
    return urlencode({name: value for name, value in known.items() if value})


def list_url(query: str = "") -> str:
    address = reverse("admin:challenge_enrollment_changelist")
    known = known_parameters(query)
    return f"{address}?{known}" if known else address


def saved_by(request: HttpRequest) -> list[tuple[SavedFilter, str]]:
    saved = SavedFilter.objects.filter(coach=request.user.pk)
    return [(each, list_url(each.query)) for each in saved]


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the current view; an existing name gets the new view."""
    form = SavedFilterForm(request.POST)
    query = known_parameters(request.POST.get("query", ""))
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 80 characters."))
    elif not query:
        messages.error(request, _("Choose a filter first; there is nothing to save yet."))
    elif len(query) > LONGEST:
        messages.error(request, _("This view is too long to be saved; shorten the search."))
    else:
        name = form.cleaned_data["name"]
        SavedFilter.objects.update_or_create(coach_id=request.user.pk, name=name, defaults={"query": query})
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    return HttpResponseRedirect(list_url(query))


@require_POST
def delete(request: HttpRequest, saved_id: int) -> HttpResponse:
    """Delete one of the coach's own views, never another coach's."""
    found = SavedFilter.objects.filter(pk=saved_id, coach=request.user.pk)
    if found.delete()[0]:
        messages.success(request, _("The saved view is deleted."))
    return HttpResponseRedirect(list_url(request.POST.get("query", "")))
