"""The form with which the coach moves a runner to another hour or time zone."""

from datetime import time

from django import forms
from django.utils.translation import gettext_lazy as _

from challenge.enrollment.hours import zone_choices

QUARTER = 15


class HourForm(forms.Form):
    """When lessons arrive, on the runner's own clock."""

    send_at = forms.TimeField(
        label=_("Hour"),
        widget=forms.TimeInput(attrs={"type": "time", "step": QUARTER * 60}, format="%H:%M"),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)

    def clean_send_at(self) -> time:
        send_at: time = self.cleaned_data["send_at"]
        if send_at.minute % QUARTER or send_at.second:
            raise forms.ValidationError(_("Choose a full quarter of an hour, such as 06:15."))
        return send_at
