"""A request to write to an address, by a person whom this site does not know."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailRequest(models.Model):
    """One request, as keyed hashes only, and whether mail was sent for it. Deleted after 90 days."""

    address_hash = models.CharField(_("address hash"), max_length=64, db_index=True)
    ip_hash = models.CharField(_("IP hash"), max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(_("at"), db_index=True)
    mailed = models.BooleanField(_("mailed"), default=False)

    class Meta:
        verbose_name = _("mail request")
        verbose_name_plural = _("mail requests")

    def __str__(self) -> str:
        return f"{self.address_hash[:12]}… {self.created_at:%Y-%m-%d %H:%M}"
