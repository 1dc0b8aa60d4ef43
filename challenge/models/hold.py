"""Why a runner's exercise stopped, and how it went on. enrollment.holding opens and clears holds."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.enrollment import Enrollment, Event
from challenge.models.safety_level import SafetyLevel


class Hold(models.Model):
    """One reason to stop. An enrollment may have several that are open; the coach clears them together.

    Without consent to health data the reason is SAFETY, and neither level nor values are kept. `held_from` is
    the enrollment's state before it. With `words_only` the lessons go on without exercise.
    """

    class Reason(models.TextChoices):
        SAFETY = "safety", _("for safety")
        SCREENING = "screening", _("an answer to the questions before the course")
        BONE_STRESS = "hold_bone_stress", _("pain in front of the hip that running brings on")
        DOWN_A_LEG = "hold_down_a_leg", _("pain down a leg")
        HIGH_PAIN = "hold_high", _("pain %(score)s on day %(day)s")
        SHARP_PAIN = "hold_sharp", _("sharp pain on day %(day)s")
        RISING_PAIN = "hold_rising", _("rising pain, %(score)s on day %(day)s")
        LIMP = "hold_limp", _("running brings pain on, or a limp")
        RED_WORDS = "red_words", _("words in a message or check-in")
        COACH = "coach", _("the coach")

    class Source(models.TextChoices):
        SCREENING = "screening", _("screening")
        CHECK_IN = "check_in", _("check-in")
        MESSAGE = "message", _("message")
        COACH = "coach", _("coach")

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="holds", verbose_name=_("enrollment")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=SafetyLevel, blank=True)
    values = models.JSONField(_("values of the reason"), default=dict, blank=True)
    source = models.CharField(_("told by"), max_length=10, choices=Source)
    held_from = models.CharField(_("state before"), max_length=10, choices=Enrollment.State)
    words_only = models.BooleanField(_("lessons without exercise"), default=False)
    opened_by = models.CharField(_("opened by"), max_length=10, choices=Event.Actor)
    opened_at = models.DateTimeField(_("opened"))
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cleared_holds",
        verbose_name=_("cleared by"),
    )
    cleared_because = models.TextField(_("why it was cleared"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["opened_at", "id"]
        indexes = [models.Index(fields=["enrollment"], condition=models.Q(cleared_at=None), name="hold_open")]

    def __str__(self) -> str:
        return self.why

    @property
    def why(self) -> str:
        """Return the reason in the reader's language."""
        reason = self.Reason(self.reason or self.Reason.SAFETY)
        if not self.values and "%(" in str(reason.label):
            reason = self.Reason.SAFETY
        return str(reason.label) % self.values if self.values else str(reason.label)
