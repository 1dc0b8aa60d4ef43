"""The runner's forms. Every error says what to do."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import AddressField, DayField, NameField, NoteField, TextField
from accounts.wordings import WORDINGS
from challenge import schedule
from challenge.checkins.record import HEALTH_DATA, CheckInData
from challenge.enrollment.hours import hour_choices, zone_choices
from challenge.models import CheckIn, Cohort
from challenge.site.fields import Cells, CommaDecimalField, LongSelect, PlainForm

MAX_AHEAD = timedelta(days=180)
SCALE_CHOICES = [*((str(n), str(n)) for n in range(11)), ("", _("skip"))]


def _scale(value: Any) -> int | None:
    return int(value) if value not in ("", None) else None


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


class LinksForm(PlainForm):
    email = AddressField(label=_("Email address"), max_length=254)


class NewAddressForm(PlainForm):
    email = AddressField(label=_("New email address"), max_length=254)


class CheckInForm(PlainForm):
    status = forms.ChoiceField(
        label=_("How did it go?"),
        choices=CheckIn.Status.choices,
        widget=Cells,
        error_messages={
            "required": _("Choose one of the three."),
            "invalid_choice": _("Choose one of the three."),
        },
    )
    tightness = forms.TypedChoiceField(
        label=_("Tightness, 0 (none) to 10 (as tight as can be)"),
        choices=SCALE_CHOICES,
        coerce=_scale,
        empty_value=None,
        required=False,
        widget=Cells,
    )
    pain = forms.TypedChoiceField(
        label=_("Pain, 0 (none) to 10 (worst)"),
        choices=SCALE_CHOICES,
        coerce=_scale,
        empty_value=None,
        required=False,
        widget=Cells,
    )
    pain_where = TextField(label=_("Where does it hurt?"), max_length=120, required=False)
    distance = CommaDecimalField(
        label=_("Distance run"),
        min_value=0,
        max_value=500,
        max_digits=5,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": _("Write a number, such as 5 or 7.5."),
            "min_value": _("Write 0 or more."),
            "max_value": _("Write 500 or less."),
            "max_digits": _("Write 500 or less, with two digits after the point at most."),
            "max_decimal_places": _("Two digits after the point are enough."),
            "max_whole_digits": _("Write 500 or less."),
        },
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=CheckIn.Unit.choices, initial=CheckIn.Unit.KILOMETRES)
    note = NoteField(
        label=_("A note for your coach"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    keep_health = forms.BooleanField(
        label=WORDINGS["health"],
        required=False,
    )

    def __init__(self, *args: Any, has_consent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_consent:
            del self.fields["keep_health"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        has_health_data = any(data.get(name) not in (None, "") for name in HEALTH_DATA)
        if "keep_health" in self.fields and has_health_data and not data.get("keep_health"):
            self.add_error(
                "keep_health",
                _("Tick this box to have tightness, pain and note kept, or leave those empty."),
            )
        return data

    def check_in_data(self) -> CheckInData:
        names = CheckInData.__dataclass_fields__
        return CheckInData(**{name: self.cleaned_data[name] for name in names})
