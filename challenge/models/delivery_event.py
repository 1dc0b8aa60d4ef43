"""Reported events of a mail: a refusal, a bounce, a complaint, a delivery."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.delivery import Delivery


class DeliveryEvent(models.Model):
    """One reported event of a delivery, stored once however often it is reported.

    The kinds are anymail's EventType. `at` is when it happened, according to the report; `bad_address` says
    that the address is bad. `address_hash` is of the address that the mail went to; empty in rows from before
    it was kept. `detail` is quoted from the server, without an address.
    """

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        DEFERRED = "deferred", _("delayed")
        BOUNCED = "bounced", _("bounced")
        REJECTED = "rejected", _("not sent by the provider")
        FAILED = "failed", _("failed at the provider")
        COMPLAINED = "complained", _("marked as spam")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        AUTORESPONDED = "autoresponded", _("answered by a machine")

    class Source(models.TextChoices):
        WEBHOOK = "webhook", _("the provider's webhook")
        DSN = "dsn", _("a report by mail")
        ARF = "arf", _("a complaint by mail")
        SMTP = "smtp", _("the mail server's answer")

    BOUNCES = (Kind.BOUNCED, Kind.REJECTED, Kind.FAILED)

    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="delivery_events", verbose_name=_("delivery")
    )
    kind = models.CharField(_("what"), max_length=13, choices=Kind)
    source = models.CharField(_("from"), max_length=7, choices=Source)
    address_hash = models.CharField(_("address hash"), max_length=64, blank=True)
    bad_address = models.BooleanField(_("bad address"), default=False)
    at = models.DateTimeField(_("at"))
    event_id = models.CharField(_("event"), max_length=64, unique=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_source_display()})"


def last_is_bounce(delivery: Delivery, address_hash: str = "") -> bool | None:
    """Return whether the latest event of a mail is a bounce; None without a bounce or a delivery. With an
    address's hash, only events of that address count."""
    reported = [
        (event.at, event.kind in DeliveryEvent.BOUNCES)
        for event in delivery.delivery_events.all()
        if event.kind in (DeliveryEvent.Kind.DELIVERED, *DeliveryEvent.BOUNCES)
        and (not address_hash or event.address_hash in ("", address_hash))
    ]
    return max(reported)[1] if reported else None
