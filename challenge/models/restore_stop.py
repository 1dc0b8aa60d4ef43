"""The stop of all sending after a backup was restored or with the wrong ADDRESS_HASH_KEY, and the data that
reveal it."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.addresses import key_canary


class RestoreStop(models.Model):
    """The one row of delivery/restore_guard. All instants are UTC.

    `counter` goes up while mail is planned and sent; its last value is also stored outside the database for
    each `history`, so a lower counter shows that the database was restored. `database_identity` distinguishes
    databases. While `stopped_since` is set, nothing is planned or sent; `ran_until` is when the database
    before this one last counted, if known. When the operator resumes sending, a new history begins.

    `key_canary` is the canary of the key that the suppressed addresses were hashed with. A process with
    another key would take each of them for an address that may get mail, so it plans and sends nothing.
    """

    class Reason(models.TextChoices):
        OLDER = "older", _("an older state of the database was restored")
        MOVED = "moved", _("the database was restored or moved to another place")
        KEY = "key", _("ADDRESS_HASH_KEY is not the key that the suppressed addresses were hashed with")

    ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW)
    history = models.UUIDField(_("history"), default=uuid.uuid4)
    counter = models.PositiveBigIntegerField(_("counter"), default=1)
    counted_at = models.DateTimeField(_("counted"))
    database_identity = models.CharField(_("database"), max_length=60, blank=True)
    key_canary = models.CharField(_("canary of the key"), max_length=64, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
    stopped_since = models.DateTimeField(_("stopped since"), null=True, blank=True)
    ran_until = models.DateTimeField(_("ran until"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop after a restore")
        verbose_name_plural = _("stops after a restore")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_restore_stop")]

    def __str__(self) -> str:
        cause = self.cause()
        return str(cause.label) if cause else str(_("not stopped"))

    @classmethod
    def current(cls) -> Self | None:
        """Return the stop in force, if there is one: one statement."""
        row = cls.objects.filter(pk=cls.ROW).first()
        return row if row and row.cause() else None

    def cause(self) -> Reason | None:
        """Return why this process may send nothing, or None."""
        if self.key_canary not in ("", key_canary()):
            return self.Reason.KEY
        return self.Reason(self.reason) if self.stopped_since else None
