"""Addresses that must never get mail again."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SuppressionManager(models.Manager["Suppression"]):
    def suppress(
        self, runner: User, reason: "Suppression.Reason", detail: str, now: datetime, address_hash: str = ""
    ) -> None:
        """Suppress a runner's address, or the one of this hash, which the runner had before. A complaint
        replaces a bounce; no other reason is overwritten."""
        address_hash = address_hash or runner.address_hash
        owner = runner if address_hash == runner.address_hash else None
        row, is_new = self.get_or_create(
            address_hash=address_hash,
            defaults={"reason": reason, "detail": detail, "runner": owner, "created_at": now},
        )
        if is_new:
            return
        if reason == Suppression.Reason.COMPLAINED and row.reason == Suppression.Reason.BOUNCED:
            row.reason, row.detail = reason, detail
        row.runner = owner or row.runner
        row.save(update_fields=["reason", "detail", "runner"])


class Suppression(models.Model):
    """An address, by keyed hash (accounts.addresses.keyed_hash), and why it is suppressed.

    The reasons are anymail's RejectReason. `runner` is whose address it is now, if that is known. The row
    stays when the runner is erased or has another address.
    `detail` is quoted from the server, without an address.
    """

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("complained")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BLOCKED = "blocked", _("blocked by the coach")

    address_hash = models.CharField(_("address hash"), max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    runner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="suppressions",
        verbose_name=_("runner"),
    )
    created_at = models.DateTimeField(_("since"))

    objects = SuppressionManager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return f"{self.address_hash[:12]}… ({self.get_reason_display()})"
