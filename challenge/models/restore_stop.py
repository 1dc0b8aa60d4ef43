"""The stop of all sending after a backup was restored, and the data that reveal a restore."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class RestoreStop(models.Model):
    """The one row of delivery/restore_guard. All instants are UTC.

    `counter` goes up while mail is planned and sent; its last value is also stored outside the database for
    each `history`, so a lower counter shows that the database was restored. `database_identity` distinguishes
    databases. While `stopped_since` is set, nothing is planned or sent; `ran_until` is when the database
    before this one last counted, if known. When the operator resumes sending, a new history begins.
    """

    class Reason(models.TextChoices):
        OLDER = "older", _("an older state of the database was restored")
        MOVED = "moved", _("the database was restored or moved to another place")

    ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW)
    history = models.UUIDField(_("history"), default=uuid.uuid4)
    counter = models.PositiveBigIntegerField(_("counter"), default=1)
    counted_at = models.DateTimeField(_("counted"))
    database_identity = models.CharField(_("database"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
    stopped_since = models.DateTimeField(_("stopped since"), null=True, blank=True)
    ran_until = models.DateTimeField(_("ran until"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop after a restore")
        verbose_name_plural = _("stops after a restore")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_restore_stop")]

    def __str__(self) -> str:
        return str(self.get_reason_display()) if self.stopped_since else str(_("not stopped"))

    @classmethod
    def current(cls) -> Self | None:
        """Return the stop in force, if there is one: one statement."""
        return cls.objects.filter(pk=cls.ROW).exclude(stopped_since=None).first()
