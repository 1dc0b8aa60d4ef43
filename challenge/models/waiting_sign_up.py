"""A sign-up form for an address that is in use."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.enrollment import Enrollment
from challenge.models.program import Cohort


class WaitingSignUp(models.Model):
    """The newest form for the address of an open enrollment, deleted after seven days.

    While the enrollment is pending, the form waits for its own confirmation mail: what an earlier mail asks
    to confirm stays as it was. While it runs, the form only tells that somebody of another name asked;
    `answered_at` is when the runner was told.
    """

    enrollment = models.OneToOneField(
        Enrollment, models.CASCADE, related_name="waiting_sign_up", verbose_name=_("enrollment")
    )
    first_name = models.CharField(_("first name"), max_length=60)
    starts_on = models.DateField(_("starts on"))
    send_at = models.TimeField(_("hour"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    cohort = models.ForeignKey(
        Cohort, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("cohort")
    )
    asked_at = models.DateTimeField(_("asked"), db_index=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("waiting sign-up")
        verbose_name_plural = _("waiting sign-ups")

    def __str__(self) -> str:
        return f"{self.enrollment_id} · {self.asked_at:%Y-%m-%d %H:%M}"
