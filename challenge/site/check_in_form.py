"""The form of a day's check-in, short enough for half a minute on a phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import NoteField, TextField
from accounts.wordings import WORDINGS
from challenge.checkins.record import HEALTH_DATA, CheckInData
from challenge.models import CheckIn
from challenge.site.fields import Cells, CommaDecimalField, PlainForm

SCALE_CHOICES = [*((str(n), str(n)) for n in range(11)), ("", _("skip"))]
# As a saved answer is written into a form again.
YES_OR_NO = [("True", _("yes")), ("False", _("no")), ("", _("skip"))]
CHOOSE = _("Choose one of the three.")


def _scale(value: Any) -> int | None:
    return int(value) if value not in ("", None) else None


def _yes(value: Any) -> bool:
    return str(value) == "True"


class CheckInForm(PlainForm):
    status = forms.ChoiceField(
        label=_("How did it go?"),
        choices=CheckIn.Status.choices,
        required=False,
        widget=Cells,
        error_messages={"invalid_choice": CHOOSE},
    )
    worse_next_morning = forms.ChoiceField(
        label=_("Was it worse this morning than before yesterday's session?"),
        choices=[*CheckIn.Morning.choices, ("", _("skip"))],
        required=False,
        widget=Cells,
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
        label=_("Worst pain since yesterday in hip, groin, back or leg, 0 (none) to 10 (worst)"),
        help_text=_("A pull is not pain."),
        choices=SCALE_CHOICES,
        coerce=_scale,
        empty_value=None,
        required=False,
        widget=Cells,
    )
    place = forms.ChoiceField(
        label=_("Where does it hurt most?"),
        choices=[*CheckIn.Place.choices, ("", _("skip"))],
        required=False,
        widget=Cells,
    )
    pain_where = TextField(label=_("Where, in your words"), max_length=120, required=False)
    running_brings_it_on = forms.TypedChoiceField(
        label=_("Does running bring it on, or make you limp?"),
        choices=YES_OR_NO,
        coerce=_yes,
        empty_value=None,
        required=False,
        widget=Cells,
    )
    sharp = forms.TypedChoiceField(
        label=_("Is it sharp?"),
        choices=YES_OR_NO,
        coerce=_yes,
        empty_value=None,
        required=False,
        widget=Cells,
    )
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

    def __init__(self, *args: Any, has_consent: bool, asks_for_morning: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_for_morning and not self.data.get("worse_next_morning"):
            del self.fields["worse_next_morning"]
        if has_consent:
            del self.fields["keep_health"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not (data.get("status") or data.get("worse_next_morning") or "status" in self.errors):
            self.add_error("status", CHOOSE)
        has_health_data = any(data.get(name) not in (None, "") for name in HEALTH_DATA)
        if "keep_health" in self.fields and has_health_data and not data.get("keep_health"):
            self.add_error(
                "keep_health",
                _("Tick this box to have tightness, pain and note kept, or leave those empty."),
            )
        return data

    def check_in_data(self) -> CheckInData:
        """Return what was filled in and makes sense, also of a form that can't be saved."""
        names = CheckInData.__dataclass_fields__
        given = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return CheckInData(**{"status": "", **given})
