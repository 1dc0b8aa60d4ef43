"""A request to write to an address, by a person whom this site does not know."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailRequest(models.Model):
    """One request, as keyed hashes only. Deleted after 90 days.

    `mailbox_hash` is that of the mailbox (accounts.addresses.mailbox): name+tag@ is name@. `network_hash` is
    of the network around an IPv6 connection. `mailed` says whether mail was sent for it; `leaves_at` when its
    confirmation leaves, at the earliest; `answered` that the owner of the mailbox has confirmed since. Each
    `mail` that may answer a request is counted apart, so that one request silences no other.
    """

    class Mail(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        LINKS = "links", _("fresh links")
        SIGNED_UP_AGAIN = "again", _("of another sign-up")

    mailbox_hash = models.CharField(_("mailbox hash"), max_length=64, db_index=True)
    ip_hash = models.CharField(_("IP hash"), max_length=64, blank=True, db_index=True)
    network_hash = models.CharField(_("network hash"), max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(_("at"), db_index=True)
    mail = models.CharField(_("mail"), max_length=12, choices=Mail, default=Mail.CONFIRMATION)
    mailed = models.BooleanField(_("mailed"), default=False)
    leaves_at = models.DateTimeField(_("leaves"), null=True, blank=True, db_index=True)
    answered = models.BooleanField(_("answered"), default=False)

    class Meta:
        verbose_name = _("mail request")
        verbose_name_plural = _("mail requests")

    def __str__(self) -> str:
        return f"{self.mailbox_hash[:12]}… {self.created_at:%Y-%m-%d %H:%M}"
