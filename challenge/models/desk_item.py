"""What needs a coach, kept from when it arises until it is done."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.enrollment import Enrollment
from challenge.models.escalation import Escalation
from challenge.models.hold import Hold
from challenge.models.safety_level import SafetyLevel

if TYPE_CHECKING:
    from accounts.models import User


class DeskItemManager(models.Manager["DeskItem"]):
    def open(self, kind: "DeskItem.Kind", enrollment: Enrollment, about: object, now: datetime) -> None:
        """Put something on the coaches' desk, unless it lies there already. What is less urgent and snoozed
        of the same runner comes back with it."""
        row = self.model(kind=kind, enrollment=enrollment, about=str(about), since=now)
        if not self.filter(kind=kind, about=row.about, done_at=None).exists():
            self.bulk_create([row], ignore_conflicts=True)
            self._wake(row, now)

    def lying(self, now: datetime) -> models.QuerySet["DeskItem"]:
        """Select what a coach should see now: neither done nor snoozed."""
        return self.filter(models.Q(snoozed_until=None) | models.Q(snoozed_until__lte=now), done_at=None)

    def _wake(self, row: "DeskItem", now: datetime) -> None:
        runner = row.enrollment.runner_id
        snoozed = list(self.filter(enrollment__runner=runner, done_at=None, snoozed_until__gt=now))
        if snoozed:
            levels = _levels([row, *snoozed])
            worse = row.urgency(levels.get(row.named, ""))
            woken = [each.pk for each in snoozed if each.urgency(levels.get(each.named, "")) > worse]
            self.filter(pk__in=woken).update(snoozed_until=None)

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

    @property
    def named(self) -> tuple[str, str]:
        return str(self.kind), self.about

    def urgency(self, level: str = "") -> tuple[int, int]:
        """Return its place on the desk, the most urgent first; `level` is that of the escalation or hold."""
        kinds = self.Kind
        if self.kind in (kinds.ESCALATION, kinds.HOLD):
            return 0, SafetyLevel.rank(level)
        return [kinds.MESSAGE, kinds.DOUBTFUL, kinds.PAIN, kinds.MAIL].index(kinds(self.kind)) + 1, 0


def _levels(items: Sequence[DeskItem]) -> dict[tuple[str, str], str]:
    """Return the level of each escalation and hold."""
    about = {kind: [item.about for item in items if item.kind == kind] for kind in DeskItem.Kind}
    escalations = Escalation.objects.filter(pk__in=about[DeskItem.Kind.ESCALATION])
    holds = Hold.objects.filter(pk__in=about[DeskItem.Kind.HOLD])
    return {
        **{("escalation", str(pk)): level for pk, level in escalations.values_list("pk", "level")},
        **{("hold", str(pk)): level for pk, level in holds.values_list("pk", "level")},
    }
