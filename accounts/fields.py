"""Fields of forms for words that come from somebody else: one line, a name, an address, a day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.addresses import AddressError, normalise
from accounts.words import WordsError, first_name, one_line, several_lines


class TextField(forms.CharField):
    """Text on one line, without what nobody sees."""

    default_error_messages = {
        "max_length": _("Please shorten this to at most %(limit_value)d characters (it has %(show_value)d)."),
        "null_characters_not_allowed": _(
            "There is an invisible character in this that can't be kept: type it again."
        ),
    }

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if isinstance(text, str) and "\0" in text:
            raise forms.ValidationError(self.error_messages["null_characters_not_allowed"])
        return self.cleaned(text) if isinstance(text, str) else text

    def cleaned(self, text: str) -> str:
        return one_line(text)


class NoteField(TextField):
    """Text on several lines."""

    widget = forms.Textarea

    def cleaned(self, text: str) -> str:
        return several_lines(text)


class NameField(TextField):
    """A first name, that can't carry an advertisement."""

    def cleaned(self, text: str) -> str:
        try:
            return first_name(text)
        except WordsError as error:
            raise forms.ValidationError(str(error), code="name") from error


class AddressField(TextField):
    """An address in its normal spelling, refused with what to do."""

    default_error_messages = {"required": _("Write the address that your mail goes to.")}
    widget = forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text and not self.required:
            return ""
        try:
            return normalise(text)
        except AddressError as error:
            raise forms.ValidationError(str(error), code="address") from error


class DayField(forms.DateField):
    """A day as year, month and day: in any other order two countries read two dates."""

    default_error_messages = {"invalid": _("Write the day as year, month and day, such as 2027-03-31.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "input_formats": ["%Y-%m-%d"]})
