"""A change of address: asked for on the runner's own page, confirmed and undone by links that were mailed."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.capabilities import Altered
from challenge import tasks
from challenge.enrollment import address_change
from challenge.enrollment.address_change import ChangeResult, TooManyWishes
from challenge.mail.links import LinkEnded, Purpose, open_address
from challenge.models import AddressChange
from challenge.site.capability import guarded, link_error
from challenge.site.forms import NewAddressForm
from challenge.site.own_page import OwnPage
from challenge.site.public import even_time


def ask_address(page: OwnPage, form: NewAddressForm) -> HttpResponse:
    """Answer every address in the same way: the page tells nothing of whose it is."""
    try:
        with even_time():
            address_change.ask(page.run.pk, form.cleaned_data["email"], page.now)
    except TooManyWishes:
        return page.render("pages/own/address_asked.html", 429, too_many=True)
    except PermissionDenied:
        return page.render("pages/own/address_asked.html", 403, is_coach=True)
    tasks.nudge(tasks.send)
    return page.render("pages/own/address_asked.html")


@guarded
def address_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button that confirms the new address, to whom its mail came."""
    return _answer(request, token, Purpose.ADDRESS, AddressChange.may_be_confirmed, address_change.confirm)


@guarded
def address_undo_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button that puts the old address back."""
    return _answer(request, token, Purpose.ADDRESS_UNDO, AddressChange.may_be_undone, address_change.undo)


def _answer(
    request: HttpRequest,
    token: str,
    purpose: Purpose,
    is_open: Callable[[AddressChange, datetime], bool],
    act: Callable[[int, datetime], ChangeResult],
) -> HttpResponse:
    now, result = timezone.now(), None
    try:
        change = open_address(purpose, token, now)
    except Altered:
        return link_error(request, "altered", 404)
    except LinkEnded:
        return link_error(request, "address", 410)
    if request.method == "POST":
        result = act(change.pk, now)
        if result is ChangeResult.DONE:
            tasks.nudge(tasks.send)
    elif not is_open(change, now):
        result = _past(change, purpose)
    if result is ChangeResult.GONE:
        return link_error(request, "address", 410)
    context = {"result": result, "change": change, "undoes": purpose is Purpose.ADDRESS_UNDO}
    return render(request, "pages/address.html", context, status=409 if result is ChangeResult.TAKEN else 200)


def _past(change: AddressChange, purpose: Purpose) -> ChangeResult:
    is_done = change.confirmed_at is not None and bool(change.undone_at) == (purpose is Purpose.ADDRESS_UNDO)
    return ChangeResult.ALREADY if is_done else ChangeResult.GONE
