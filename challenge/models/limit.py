"""Limits of the speed of mail: one row for all mail, one for each domain with a limit."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# The domain name of the limit for all mail.
ALL = "*"
LONGEST_SUSPENSION = timedelta(hours=4)
SLOW_FOR = timedelta(minutes=10)
# After this many doublings a day's number is larger than any real one.
DOUBLINGS = 20


class Limit(models.Model):
    """The coach's rules for one lane of mail, and what the senders have learned about it.

    `free_at` is when the next slot of `per_second` begins; `counted` is how many slots of the day
    `counted_on` (UTC) were taken while a warm-up lasts. `suspensions` counts those since a mail was last
    accepted; `reason` with `reason_values` explains the last one. All instants are UTC.
    """

    class Reason(models.TextChoices):
        """The sentence of each reason, with fields for its values."""

        REFUSED = "refused", _("%(count)s mails were refused in a row, the last with: %(said)s")
        AS_WRITTEN = "as_written", "%(text)s"

    domain = models.CharField(
        _("domain"),
        max_length=253,
        unique=True,
        blank=True,
        help_text=_("Of the recipients, as example.com. Left empty: all mail, whoever gets it."),
    )
    per_second = models.FloatField(
        _("mails a second"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.001)],
        help_text=_("0.5 is one every two seconds. Left empty: as fast as the mail server takes them."),
    )
    connections = models.PositiveSmallIntegerField(
        _("connections"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many senders may work on it at once. Left empty: all of them."),
    )
    warm_up_from = models.DateField(
        _("warm-up from"),
        null=True,
        blank=True,
        help_text=_("The first day (UTC) on which a new sender is careful. Left empty: no warm-up."),
    )
    first_day = models.PositiveIntegerField(
        _("mails on the first day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Twice as many on each day after it."),
    )
    counted_on = models.DateField(_("counted on"), null=True, blank=True, editable=False)
    counted = models.PositiveIntegerField(_("counted"), default=0, editable=False)
    free_at = models.DateTimeField(_("next slot"), null=True, blank=True, editable=False)
    slow_until = models.DateTimeField(_("slow until"), null=True, blank=True, editable=False)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True, editable=False)
    reason_values = models.JSONField(_("values of the reason"), default=dict, blank=True, editable=False)
    suspensions = models.PositiveSmallIntegerField(_("suspensions in a row"), default=0, editable=False)

    class Meta:
        verbose_name = _("sending limit")
        verbose_name_plural = _("sending limits")
        ordering = ["domain"]

    def __str__(self) -> str:
        return str(_("All mail")) if self.domain == ALL else self.domain

    @property
    def why(self) -> str:
        """Return the reason in the reader's language, or an empty text."""
        return str(self.get_reason_display()) % self.reason_values if self.reason else ""

    @property
    def rate(self) -> float | None:
        """Return mails a second, None for no limit; the settings may limit all mail too."""
        if self.per_second or self.domain != ALL or settings.SMTP_PER_SECOND <= 0:
            return self.per_second
        return float(settings.SMTP_PER_SECOND)

    def is_suspended(self, now: datetime) -> bool:
        """Return whether nothing may leave. A time beyond the longest suspension is from a wrong clock."""
        return self.suspended_until is not None and now < self.suspended_until <= now + LONGEST_SUSPENSION

    def is_slow(self, now: datetime) -> bool:
        """Return whether this mail goes separately from all other mail, one at a time."""
        return self.slow_until is not None and now < self.slow_until <= now + SLOW_FOR

    def is_warming_up(self, now: datetime) -> bool:
        return self.quota(now) is not None

    def quota(self, now: datetime) -> int | None:
        """Return the number of mails for this day (UTC) of the warm-up; None without a warm-up."""
        if self.warm_up_from is None or not self.first_day:
            return None
        days = (now.date() - self.warm_up_from).days
        return self.first_day * 2**days if 0 <= days <= DOUBLINGS else None

    def counted_today(self, now: datetime) -> int:
        return self.counted if self.counted_on == now.date() else 0

    def is_used_up(self, now: datetime) -> bool:
        """Return whether the warm-up allows no more mail on this day (UTC)."""
        quota = self.quota(now)
        return quota is not None and quota <= self.counted_today(now)

    def is_in_force(self, now: datetime) -> bool:
        """Return whether this mail goes separately: after a suspension too, until a mail is accepted."""
        limited = self.rate or self.connections or self.is_warming_up(now)
        return bool(limited or self.is_suspended(now) or self.is_slow(now) or self.suspensions)
