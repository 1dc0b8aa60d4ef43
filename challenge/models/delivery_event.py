"""What came back of a mail after the mail server had taken it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.delivery import Delivery


class Returned(models.Model):
    """One thing that was heard of a delivery, kept once however often it is told.

    The kinds are anymail's EventType, in its words. `at` is when it happened, as far as that was said;
    `bad_address` that the address itself is at fault. The detail holds no address.
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

    CAME_BACK = (Kind.BOUNCED, Kind.REJECTED, Kind.FAILED)

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="returns", verbose_name=_("delivery"))
    kind = models.CharField(_("what"), max_length=13, choices=Kind)
    source = models.CharField(_("from"), max_length=7, choices=Source)
    bad_address = models.BooleanField(_("bad address"), default=False)
    at = models.DateTimeField(_("at"))
    event_id = models.CharField(_("event"), max_length=64, unique=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_source_display()})"


def came_back(delivery: Delivery) -> bool | None:
    """Whether the last news of a mail is that it came back, in the order in which things happened; None
    where there is no news of it."""
    news = [
        (each.at, each.kind in Returned.CAME_BACK)
        for each in delivery.returns.all()
        if each.kind in (Returned.Kind.DELIVERED, *Returned.CAME_BACK)
    ]
    return max(news)[1] if news else None
