"""What a coach must see soon, until somebody has seen to it."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from challenge.models.coaches import coaches_of
from challenge.models.enrollment import Enrollment
from challenge.models.hold import Hold
from challenge.models.mail_kinds import Kind
from challenge.models.safety_level import SafetyLevel


class EscalationManager(models.Manager["Escalation"]):
    def open(self, enrollment: Enrollment, now: datetime, **fields: Any) -> "Escalation":
        """Open an escalation, and queue the mails that tell the coaches of it, in the same transaction."""
        with transaction.atomic():
            escalation = self.create(enrollment=enrollment, opened_at=now, **fields)
            escalation.tell_coaches(now)
        return escalation

    def unresolved(self) -> models.QuerySet["Escalation"]:
        return self.exclude(state=Escalation.State.RESOLVED)


class Escalation(models.Model):
    """Open until somebody acknowledges it, and resolved for good. `told_at` is when mails to the coaches were
    last queued, `second_told_at` the same for the second contact, whose link names `key`."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        RESOLVED = "resolved", _("resolved")

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="escalations", verbose_name=_("enrollment")
    )
    hold = models.ForeignKey(
        Hold, models.CASCADE, null=True, blank=True, related_name="escalations", verbose_name=_("hold")
    )
    level = models.CharField(_("level"), max_length=12, choices=SafetyLevel, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened"))
    told_at = models.DateTimeField(_("last told"), null=True, blank=True)
    times_told = models.PositiveSmallIntegerField(_("times told"), default=0)
    second_told_at = models.DateTimeField(_("second contact told"), null=True, blank=True)
    alarmed_at = models.DateTimeField(_("alarm raised"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="acknowledged_escalations",
        verbose_name=_("acknowledged by"),
        help_text=_("Empty where the second contact did."),
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="resolved_escalations",
        verbose_name=_("resolved by"),
        help_text=_("Empty where it ended by itself."),
    )
    key = models.UUIDField(_("key of the links"), default=uuid.uuid4, unique=True, editable=False)

    objects: ClassVar[EscalationManager] = EscalationManager()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="resolved", resolved_at__isnull=False)
                | (~models.Q(state="resolved") & models.Q(resolved_at=None)),
                name="resolved_has_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["opened_at"], condition=~models.Q(state="resolved"), name="escalation_unresolved"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.opened_at:%Y-%m-%d %H:%M}"

    def tell_coaches(self, now: datetime) -> int:
        """Queue a mail to each coach who may see the runner. Return how many were queued."""
        waiting = self._waiting(Kind.ESCALATION)
        # A coach whose last mail has not left gets no second one.
        known = [coach for coach in coaches_of(self.enrollment) if "@" in coach.email]
        coaches = [coach for coach in known if coach.pk not in waiting]
        for coach in coaches:
            self.deliveries.queue(Kind.ESCALATION, now, recipient=coach, escalation=self)
        self.told_at, self.times_told = now, self.times_told + bool(coaches)
        self.save(update_fields=["told_at", "times_told"])
        return len(coaches)

    def tell_second(self, address: str, now: datetime) -> int:
        """Queue a mail to the second contact, under a coach's account. Return how many were queued: none
        while an earlier one waits, or where there is no account of a coach."""
        self.second_told_at = now
        self.save(update_fields=["second_told_at"])
        coach = coaches_of(self.enrollment).first() or User.objects.filter(is_staff=True).first()
        if coach is None or self._waiting(Kind.SECOND):
            return 0
        self.deliveries.queue(Kind.SECOND, now, recipient=coach, address=address, escalation=self)
        return 1

    def _waiting(self, kind: Kind) -> set[int | None]:
        """Return to whom a mail of this kind has not left yet."""
        mails = self.deliveries.filter(kind=kind, state__in=["queued", "retry", "sending"])
        return set(mails.values_list("recipient_id", flat=True))
