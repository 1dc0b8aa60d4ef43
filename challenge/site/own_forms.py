"""The forms of a runner's own page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import AddressField, NameField
from challenge.site.fields import PlainForm


class OwnNameForm(PlainForm):
    first_name = NameField(
        label=_("First name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Write the name that the mails should greet you by.")},
    )


class NewAddressForm(PlainForm):
    email = AddressField(label=_("New email address"), max_length=254)
