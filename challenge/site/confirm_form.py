"""The form of the confirm page: it carries the wish that it shows, which its runner may change."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.wordings import WORDINGS
from challenge import schedule
from challenge.enrollment.confirm import Confirmation
from challenge.enrollment.wish import Wish
from challenge.models import Enrollment
from challenge.site.forms import WishForm


class ConfirmForm(WishForm):
    health_consent = forms.BooleanField(
        label=WORDINGS["health"],
        help_text=_("Your choice: the course works without it."),
        required=False,
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("first_name", "starts_on", "send_at", "time_zone")

    def __init__(self, *args: Any, enrollment: Enrollment, now: datetime, **kwargs: Any) -> None:
        self.wish, self._now = Wish.of(enrollment), now
        zone = enrollment.zone
        # The chosen day, unless it is past.
        due_at = schedule.first_due(enrollment.starts_on, now, enrollment.send_at, zone)
        self.first_date = schedule.local_date(due_at, zone)
        initial = {
            "first_name": self.wish.first_name,
            "starts_on": self.first_date,
            "send_at": f"{self.wish.send_at:%H:%M}",
            "time_zone": self.wish.time_zone,
            "shown": self.wish.digest,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["starts_on"].help_text = ""
        cohort = self.wish.cohort
        if cohort and cohort.starts_on > now.date():
            del self.fields["starts_on"]

    @property
    def is_of_another_wish(self) -> bool:
        """Return whether a form was posted that showed something else than what holds now."""
        return self.is_bound and self.data.get("shown") != self.wish.digest

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_on, zone = data.get("starts_on"), data.get("time_zone")
        if starts_on and zone:
            # The day that was shown may have passed since; the course then starts today.
            today = schedule.local_date(self._now, ZoneInfo(zone))
            self.check_start(starts_on, today, min(today, self.wish.starts_on))
        return data

    @property
    def confirmation(self) -> Confirmation:
        chosen = {name: value for name, value in self.cleaned_data.items() if name in Wish._fields}
        return Confirmation(
            self.wish._replace(**chosen), self.cleaned_data["shown"], self.cleaned_data["health_consent"]
        )
