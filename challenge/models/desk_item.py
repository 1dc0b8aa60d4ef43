"""What needs a coach, kept from when it arises until it is done."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.enrollment import Enrollment

if TYPE_CHECKING:
    from accounts.models import User


class DeskItemManager(models.Manager["DeskItem"]):
    def open(self, kind: "DeskItem.Kind", enrollment: Enrollment, about: object, now: datetime) -> None:
        """Put something on the coaches' desk, unless it lies there already."""
        row = self.model(kind=kind, enrollment=enrollment, about=str(about), since=now)
        self.bulk_create([row], ignore_conflicts=True)

    def finish(
        self, kind: "DeskItem.Kind", about: Iterable[object], now: datetime, by: "User | None" = None
    ) -> int:
        """Take things off the desk; they stay on record. Return how many lay there."""
        lying = self.filter(kind=kind, about__in=[str(one) for one in about], done_at=None)
        return lying.update(done_at=now, done_by=by)


class DeskItem(models.Model):
    """One reason for a coach to look at a runner. `about` is the id of what it is about, in the table that
    belongs to the kind. `done_by` is empty where the reason has gone by itself."""

    class Kind(models.TextChoices):
        ESCALATION = "escalation", _("escalation")
        HOLD = "hold", _("hold")
        MESSAGE = "message", _("message")
        DOUBTFUL = "doubtful", _("doubtful report")
        PAIN = "pain", _("pain")
        MAIL = "mail", _("mail that did not arrive")

    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="desk_items", verbose_name=_("enrollment")
    )
    about = models.CharField(_("about"), max_length=36)
    since = models.DateTimeField(_("since"))
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="done_desk_items",
        verbose_name=_("done by"),
    )

    objects: ClassVar[DeskItemManager] = DeskItemManager()

    class Meta:
        verbose_name = _("item on the desk")
        verbose_name_plural = _("items on the desk")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"], condition=models.Q(done_at=None), name="one_open_item_each"
            )
        ]
        indexes = [models.Index(fields=["since"], condition=models.Q(done_at=None), name="desk_item_open")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.about}"
