"""Whether sending is held back, and by what a database is known that was restored from a backup."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hold(models.Model):
    """One row. `looks` counts up while mail is planned and sent; outside of the database the last count
    is kept for each `history`, so that one whose count is lower went back in time (delivery.hold.guard).

    `place` tells one database from another (delivery.hold.place). While `held_since` is set, nothing is
    planned or sent; `ran_until` is when the database that was there before last looked, where that is known.
    An operator who lets sending go on begins a new history. All instants are UTC.
    """

    class Reason(models.TextChoices):
        OLDER = "older", _("an older state of the database was restored")
        MOVED = "moved", _("the database was restored or moved to another place")

    ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW)
    history = models.UUIDField(_("history"), default=uuid.uuid4)
    looks = models.PositiveBigIntegerField(_("looks"), default=1)
    looked_at = models.DateTimeField(_("last look"))
    place = models.CharField(_("place"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
    held_since = models.DateTimeField(_("held since"), null=True, blank=True)
    ran_until = models.DateTimeField(_("ran until"), null=True, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_hold")]

    def __str__(self) -> str:
        return str(self.get_reason_display()) if self.held_since else str(_("not held"))

    @classmethod
    def current(cls) -> Self | None:
        """The hold that is in force, if there is one: one statement."""
        return cls.objects.filter(pk=cls.ROW).exclude(held_since=None).first()
