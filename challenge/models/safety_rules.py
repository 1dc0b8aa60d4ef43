"""The numbers and words of the safety rules, as the coach sets them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

SCORE = [MinValueValidator(1), MaxValueValidator(10)]
COUNT = [MinValueValidator(2), MaxValueValidator(21)]
MINUTES = [MinValueValidator(5), MaxValueValidator(7 * 24 * 60)]


class SafetyRules(models.Model):
    """One row for all; without it the defaults count. The thresholds are those of
    safety.pain_rules.PainThresholds."""

    ease_from = models.PositiveSmallIntegerField(_("ease off from pain"), default=4, validators=SCORE)
    hold_from = models.PositiveSmallIntegerField(_("stop from pain"), default=6, validators=SCORE)
    rising_hold_from = models.PositiveSmallIntegerField(
        _("rising pain stops from"), default=4, validators=SCORE
    )
    in_a_row = models.PositiveSmallIntegerField(_("check-ins in a row"), default=3, validators=COUNT)
    worse_in_a_row = models.PositiveSmallIntegerField(
        _("worse mornings in a row"), default=2, validators=COUNT
    )
    days_left_out = models.PositiveSmallIntegerField(
        _("days that a movement is left out"), default=2, validators=[MinValueValidator(1)]
    )
    counts_for_days = models.PositiveSmallIntegerField(
        _("days that a score counts"), default=7, validators=[MinValueValidator(2), MaxValueValidator(21)]
    )
    words_only = models.JSONField(
        _("rules after which lessons go on without exercise"), default=list, blank=True
    )
    red_words = models.JSONField(_("added red words"), default=dict, blank=True)
    remind_after = models.PositiveIntegerField(
        _("tell the coaches again after (minutes)"), default=60, validators=MINUTES
    )
    second_contact = models.EmailField(_("second contact"), max_length=254, blank=True)
    second_after = models.PositiveIntegerField(
        _("tell the second contact after (minutes)"), default=240, validators=MINUTES
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("list signed by"),
    )  # fmt: skip
    signed_at = models.DateTimeField(_("list signed"), null=True, blank=True)

    class Meta:
        verbose_name = _("safety rules")
        verbose_name_plural = _("safety rules")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_safety_rules")]

    def __str__(self) -> str:
        return str(_("safety rules"))

    @classmethod
    def current(cls) -> "SafetyRules":
        return cls.objects.filter(pk=1).first() or cls(pk=1)
