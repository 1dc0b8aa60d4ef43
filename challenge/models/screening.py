"""The answers to the questions that are asked before the first lesson."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.enrollment import Enrollment


class Screening(models.Model):
    """One answer of a runner to the questions of safety.screening, in the wording of `version`. `answers`
    holds the codes of what was ticked. Without consent to health data there is only CLEAR or SOME, and no
    other result outlasts the consent."""

    class Result(models.TextChoices):
        CLEAR = "clear", _("nothing asks for a check")
        LEFT_OUT = "left_out", _("some movements are left out")
        ASK_FIRST = "ask_first", _("ask a clinician first")
        WITHIN_DAYS = "within_days", _("urgent, within days")
        TODAY = "today", _("urgent, today")
        EMERGENCY = "emergency", _("emergency")
        SOME = "some", _("one of the list")

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="screenings", verbose_name=_("enrollment")
    )
    version = models.CharField(_("version of the questions"), max_length=20)
    answered_at = models.DateTimeField(_("answered"))
    result = models.CharField(_("result"), max_length=12, choices=Result, blank=True)
    answers = models.JSONField(_("what was ticked"), default=list, blank=True)

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering = ["answered_at", "id"]

    def __str__(self) -> str:
        return f"{self.answered_at:%Y-%m-%d}: {self.get_result_display()}"
