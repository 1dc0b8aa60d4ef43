"""How fast mail may go: one row for the mail server as a whole, one for each domain with a limit."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_REST = timedelta(hours=4)
SLOW_FOR = timedelta(minutes=10)
# Doubled so often, a day's number is far beyond what anybody sends.
DOUBLINGS = 20


class Limit(models.Model):
    """What the coach allows one lane of mail, and what the senders have found out about it.

    `free_at` is when the next slot of `per_second` begins; `counted` is how many slots of the day
    `counted_on` (UTC) were given away while a warm-up lasts. `rests` counts the rests since a mail
    was last accepted. All instants are UTC.
    """

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
    resting_until = models.DateTimeField(_("rests until"), null=True, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    rests = models.PositiveSmallIntegerField(_("rests in a row"), default=0, editable=False)

    class Meta:
        verbose_name = _("sending limit")
        verbose_name_plural = _("sending limits")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain or str(_("All mail"))

    @property
    def rate(self) -> float | None:
        """Mails a second, None for no limit; all mail has one in the settings too."""
        if self.per_second or self.domain or settings.SMTP_PER_SECOND <= 0:
            return self.per_second
        return float(settings.SMTP_PER_SECOND)

    def is_resting(self, now: datetime) -> bool:
        """Whether nothing may leave. A rest longer than the longest is a clock that was wrong."""
        return self.resting_until is not None and now < self.resting_until <= now + LONGEST_REST

    def is_slow(self, now: datetime) -> bool:
        """Whether its mail goes apart from the rest, one at a time."""
        return self.slow_until is not None and now < self.slow_until <= now + SLOW_FOR

    def is_warming_up(self, now: datetime) -> bool:
        return self.quota(now) is not None

    def quota(self, now: datetime) -> int | None:
        """How many mails may leave on this day (UTC) of the warm-up; None when there is none."""
        if self.warm_up_from is None or not self.first_day:
            return None
        days = (now.date() - self.warm_up_from).days
        return self.first_day * 2**days if 0 <= days <= DOUBLINGS else None

    def counted_today(self, now: datetime) -> int:
        return self.counted if self.counted_on == now.date() else 0

    def is_used_up(self, now: datetime) -> bool:
        """Whether the warm-up lets nothing more leave on this day (UTC)."""
        quota = self.quota(now)
        return quota is not None and quota <= self.counted_today(now)

    def is_in_force(self, now: datetime) -> bool:
        """Whether its mail is to be treated apart from all other mail; so it is after a rest, too, until
        a mail is accepted."""
        limited = self.rate or self.connections or self.is_warming_up(now)
        return bool(limited or self.is_resting(now) or self.is_slow(now) or self.rests)
