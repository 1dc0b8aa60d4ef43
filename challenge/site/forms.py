"""The runner's forms. Every error says what to do."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import AddressField, DayField, NameField, NoteField, TextField
from accounts.wordings import WORDINGS
from challenge import schedule
from challenge.enrollment.hours import hour_choices, zone_choices
from challenge.models import Cohort
from challenge.site.fields import LongSelect, PlainForm

MAX_AHEAD = timedelta(days=180)
MOST_SIGNS = 2000


class HourForm(PlainForm):
    send_at = forms.TypedChoiceField(
        label=_("Hour"),
        choices=hour_choices,
        coerce=time.fromisoformat,
        initial="06:30",
        widget=LongSelect,
        help_text=_("Lessons arrive at this time of your own day."),
        error_messages={
            "required": _("Choose the hour of your lessons."),
            "invalid_choice": _("Choose an hour from the list."),
        },
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [("", _("Choose your time zone")), *zone_choices()],
        widget=LongSelect,
        error_messages={
            "required": _("Choose the time zone that you live in."),
            "invalid_choice": _("Choose your time zone from the list."),
        },
    )


class NameForm(PlainForm):
    first_name = NameField(
        label=_("First name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Write the name that the mails should greet you by.")},
    )


class WishForm(NameForm, HourForm):
    """What can be chosen at the sign-up, and changed until it is confirmed."""

    starts_on = DayField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Tomorrow, unless you choose another day."),
        error_messages={
            "required": _("Choose the day of your first lesson."),
        },
    )

    def check_start(self, starts_on: date, today: date, earliest: date | None = None) -> None:
        """Mark a day that is past, from `earliest` on if it is given, or too far ahead."""
        if starts_on < (earliest or today):
            self.add_error("starts_on", _("This day is past. Choose today or a later day."))
        elif starts_on > today + MAX_AHEAD:
            self.add_error("starts_on", _("Choose a day within the next six months."))


class SignUpForm(WishForm):
    email = AddressField(label=_("Email address"), max_length=254)
    mail_consent = forms.BooleanField(
        label=WORDINGS["mail"],
        error_messages={"required": _("The program comes by email: tick this box to receive it.")},
    )
    website = TextField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    field_order = ("email", "first_name", "starts_on", "send_at", "time_zone")

    def __init__(self, *args: Any, now: datetime, cohort: Cohort | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        self.cohort = cohort if cohort and cohort.starts_on > now.date() else None
        self.fields["starts_on"].initial = now.date() + timedelta(days=1)
        if self.cohort:
            del self.fields["starts_on"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.cohort:
            data["starts_on"] = self.cohort.starts_on
        starts_on, zone = data.get("starts_on"), data.get("time_zone")
        if starts_on and zone and not self.cohort:
            self.check_start(starts_on, schedule.local_date(self._now, ZoneInfo(zone)))
        return data

    @property
    def is_from_a_bot(self) -> bool:
        """Return whether the field that people do not see was filled in."""
        return bool(self.cleaned_data.get("website"))


class MessageForm(PlainForm):
    text = NoteField(
        label=_("Your words to the coach"),
        max_length=MOST_SIGNS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write your words first.")},
    )


class LinksForm(PlainForm):
    email = AddressField(label=_("Email address"), max_length=254)


class NewAddressForm(PlainForm):
    email = AddressField(label=_("New email address"), max_length=254)
