"""The questions of runners to the coach."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.enrollment import Enrollment


class Question(models.Model):
    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="questions", verbose_name=_("enrollment")
    )
    day = models.PositiveSmallIntegerField(_("day"))
    text = models.TextField(_("question"), max_length=2000)
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["asked_at"], name="question_asked")]

    def __str__(self) -> str:
        return _("Day %(day)d: %(text)s") % {"day": self.day, "text": self.text[:60]}
