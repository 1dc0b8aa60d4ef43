"""The ledger: one row for each message to a runner, kept after it was sent."""

import uuid
from typing import Any, Self, TypedDict

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.addresses import domain_of
from challenge.models.day import Revision
from challenge.models.enrollment import Enrollment
from challenge.models.stretch import Recall


class Attempt(TypedDict):
    """One try to hand a message over, as kept in Delivery.attempts.

    `at` is ISO 8601 in UTC; `phase` the last step reached (delivery.smtp.answer.Phase), `outcome`
    what came of it, `code` the SMTP reply code (RFC 5321) if there was one, `answer` its text.
    """

    at: str
    phase: str
    outcome: str
    code: int | None
    answer: str


class Delivery(models.Model):
    """One message to one runner: queue entry, lease and record in one row.

    `due_at` is when it was promised, `try_at` when it may next be claimed, `closes_at` when it may
    no longer leave (the planner opens a missed lesson's window anew). While a sender holds it, the
    state is *sending* and `lease` names the holder until `leased_until`; a result is taken only
    from the holder. All instants are UTC.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        REMINDER = "reminder", _("reminder to confirm")
        WELCOME = "welcome", _("welcome")
        LINKS = "links", _("fresh links")
        LESSON = "lesson", _("lesson")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("resumed")
        CORRECTION = "correction", _("correction")
        SUMMARY = "summary", _("summary of the course")
        GOODBYE = "goodbye", _("goodbye")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        RETRY = "retry", _("retry")
        FAILED = "failed", _("failed")
        SUPPRESSED = "suppressed", _("suppressed")

    WAITING = (State.QUEUED, State.RETRY)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The constraint one_delivery_each has the index of this one. Each index costs every mail twice.
    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="deliveries", db_index=False, verbose_name=_("enrollment")
    )
    domain = models.CharField(
        _("recipient's domain"), max_length=253, blank=True, help_text=_("Limits are kept by domain.")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    day = models.PositiveSmallIntegerField(_("day"), default=0)
    copy = models.PositiveSmallIntegerField(
        _("copy"), default=0, help_text=_("0 is the first; more when sent again.")
    )
    # Without a constraint in the database: it would lock the one row of a revision for every mail, and
    # senders would wait for each other. Revisions are never deleted.
    revision = models.ForeignKey(
        Revision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        db_index=False,
        db_constraint=False,
        verbose_name=_("revision"),
    )
    recall = models.ForeignKey(
        Recall,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("recall"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("due"))
    try_at = models.DateTimeField(_("next try"))
    closes_at = models.DateTimeField(_("not after"), null=True, blank=True)
    lease = models.UUIDField(_("lease"), null=True, blank=True)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    uncertain = models.BooleanField(_("uncertain"), default=False, help_text=_("It may have arrived twice."))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    attempts = models.JSONField(_("attempts"), default=list, blank=True)

    # In which lane it was claimed ("" is the common one): known to its sender alone, and not kept.
    lane = ""

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "kind", "day", "copy"], name="one_delivery_each"),
            models.CheckConstraint(
                condition=models.Q(state="sending", lease__isnull=False, leased_until__isnull=False)
                | (~models.Q(state="sending") & models.Q(lease=None, leased_until=None)),
                name="only_sending_is_leased",
            ),
        ]
        indexes = [
            models.Index(
                fields=["try_at"], condition=models.Q(state__in=["queued", "retry"]), name="delivery_waiting"
            ),
            models.Index(
                fields=["leased_until"], condition=models.Q(state="sending"), name="delivery_leased"
            ),
            models.Index(fields=["due_at"], name="delivery_due"),
            models.Index(
                fields=["revision"], condition=models.Q(revision__isnull=False), name="delivery_revision"
            ),
            models.Index(fields=["recall"], condition=models.Q(recall__isnull=False), name="delivery_recall"),
        ]

    def __str__(self) -> str:
        name = self.get_kind_display()
        return f"{name} {self.day}" if self.day else str(name)

    @classmethod
    def to(cls, enrollment: Enrollment, **fields: Any) -> Self:
        """A new message to an enrollment's runner, not saved yet; her row is looked up if it is not there."""
        return cls(enrollment=enrollment, domain=domain_of(enrollment.runner.email), **fields)

    @property
    def message_id(self) -> str:
        """The Message-ID of every copy of this message (RFC 5322), made of the row's own id."""
        return f"<{self.id}@{settings.MAIL_DOMAIN}>"
