"""The addresses that get no mail: the coach may block an address or lift the block."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import AddressError, keyed_hash, normalise
from accounts.fields import AddressField
from accounts.search import NOBODY
from challenge.coach.access import CoachAdmin, ModelForm
from challenge.models import Suppression


class BlockForm(ModelForm[Suppression]):
    """An address to block; only its keyed hash is kept."""

    address = AddressField(label=_("Email address"), max_length=254)

    class Meta:
        model = Suppression
        fields = ("detail",)

    def clean_address(self) -> str:
        address_hash = keyed_hash(self.cleaned_data["address"])
        if Suppression.objects.filter(address_hash=address_hash).exists():
            raise forms.ValidationError(_("This address is on the list already."))
        return address_hash


@admin.register(Suppression)
class SuppressionAdmin(CoachAdmin[Suppression]):
    list_display = ("short_hash", "reason", "detail", "created_at")
    list_filter = ("reason", "created_at")
    search_fields = ("address_hash",)
    search_help_text = _("A whole email address, or the start of a hash")
    ordering = ("-created_at",)
    fields = ("address_hash", "reason", "detail", "created_at")

    @admin.display(description=_("Address hash"))
    def short_hash(self, suppression: Suppression) -> str:
        return f"{suppression.address_hash[:12]}…"

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> tuple[str, ...]:
        return self.fields if obj else ("address", "detail")

    def get_form(
        self, request: HttpRequest, obj: Suppression | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Suppression]]:
        if obj is None:
            kwargs["form"] = BlockForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        obj.address_hash = form.cleaned_data["address"]
        obj.reason, obj.created_at = Suppression.Reason.BLOCKED, timezone.now()
        super().save_model(request, obj, form, change)

    def stand_in(self, address: str) -> str:
        with suppress(AddressError):
            return keyed_hash(normalise(address))
        return NOBODY
