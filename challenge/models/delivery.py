"""The ledger: one row for each message, kept after sending."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.addresses import keyed_hash
from challenge.models.address_change import AddressChange
from challenge.models.day import Revision
from challenge.models.delivery_queue import DeliveryManager
from challenge.models.delivery_reason import Reason
from challenge.models.enrollment import Enrollment
from challenge.models.escalation import Escalation
from challenge.models.mail_kinds import KINDS, Kind, MailKind, Priority
from challenge.models.message import Message
from challenge.models.stretch import Recall

if TYPE_CHECKING:
    from accounts.models import User


class Delivery(models.Model):
    """One message to one person: queue entry, lease and record in one row.

    `due_at` is when it was promised, `try_at` when it may next be claimed, `closes_at` when it may no longer
    leave (the planner opens a missed lesson's window again). While a sender holds it, the state is *sending*
    and `lease` names the holder until `leased_until`; only the holder may write a result. `address_hash` is
    the keyed hash of the address it last went to. All instants are UTC.
    """

    Kind, Reason = Kind, Reason

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        RETRY = "retry", _("retry")
        FAILED = "failed", _("failed")
        WITHHELD = "withheld", _("held back")

    WAITING = (State.QUEUED, State.RETRY)
    # Nothing is kept of an address of its own.
    OVER = (State.SENT, State.FAILED, State.WITHHELD)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The constraint one_delivery_each already has this index. Each index costs every mail twice.
    enrollment = models.ForeignKey(
        Enrollment,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("enrollment"),
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("recipient"),
        help_text=_("Of mail that belongs to no enrollment."),
    )
    address = models.EmailField(
        _("address"), max_length=254, blank=True, help_text=_("Where it is not the recipient's own.")
    )
    address_hash = models.CharField(_("address hash"), max_length=64, blank=True)
    domain = models.CharField(
        _("recipient's domain"), max_length=253, help_text=_("Limits are kept by domain.")
    )
    priority = models.SmallIntegerField(_("priority"), choices=Priority, default=Priority.USUAL)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    day = models.PositiveSmallIntegerField(_("day"), default=0)
    copy = models.PositiveSmallIntegerField(
        _("copy"), default=0, help_text=_("0 is the first; more when sent again.")
    )
    # No constraint in the database: it would lock a revision's one row for every mail, and senders would wait
    # for each other. Revisions are never deleted.
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
    answer = models.ForeignKey(
        Message,
        models.CASCADE,
        null=True,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("answer"),
    )
    escalation = models.ForeignKey(
        Escalation,
        models.CASCADE,
        null=True,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("escalation"),
    )
    address_change = models.ForeignKey(
        AddressChange, models.SET_NULL, null=True, db_index=False, verbose_name=_("change of address")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("due"))
    try_at = models.DateTimeField(_("next try"))
    closes_at = models.DateTimeField(_("not after"), null=True, blank=True)
    lease = models.UUIDField(_("lease"), null=True, blank=True)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    uncertain = models.BooleanField(_("uncertain"), default=False, help_text=_("It may have arrived twice."))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    reason_values = models.JSONField(_("values of the reason"), default=dict, blank=True)
    attempts = models.JSONField(_("attempts"), default=list, blank=True)

    # The lane in which it was claimed ("" is the common one): only its sender knows it; it is not stored.
    lane = ""

    objects: ClassVar[DeliveryManager] = DeliveryManager()

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
            models.CheckConstraint(condition=~models.Q(domain=""), name="delivery_has_domain"),
            models.CheckConstraint(
                condition=models.Q(enrollment__isnull=False, recipient=None)
                | models.Q(enrollment=None, recipient__isnull=False),
                name="delivery_has_one_recipient",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "try_at"],
                condition=models.Q(state__in=["queued", "retry"]),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["leased_until"], condition=models.Q(state="sending"), name="delivery_leased"
            ),
            models.Index(fields=["due_at"], name="delivery_due"),
            models.Index(
                fields=["revision"], condition=models.Q(revision__isnull=False), name="delivery_revision"
            ),
            models.Index(fields=["recall"], condition=models.Q(recall__isnull=False), name="delivery_recall"),
            models.Index(
                fields=["address_change"],
                condition=models.Q(address_change__isnull=False),
                name="delivery_address_change",
            ),
            models.Index(fields=["answer"], condition=models.Q(answer__isnull=False), name="delivery_answer"),
            models.Index(
                fields=["escalation"],
                condition=models.Q(escalation__isnull=False),
                name="delivery_escalation",
            ),
            models.Index(
                fields=["recipient"], condition=models.Q(recipient__isnull=False), name="delivery_recipient"
            ),
        ]

    def __str__(self) -> str:
        name = self.get_kind_display()
        return f"{name} {self.day}" if self.day else str(name)

    @property
    def rules(self) -> MailKind:
        return KINDS[self.kind]

    @property
    def required_enrollment(self) -> Enrollment:
        """Return the enrollment. Raises LookupError for mail that belongs to none."""
        enrollment = self.enrollment
        if enrollment is None:
            raise LookupError(f"delivery {self.pk} belongs to no enrollment")
        return enrollment

    @property
    def to_user(self) -> "User":
        enrollment = self.enrollment
        user: User | None = enrollment.runner if enrollment else self.recipient
        assert user is not None
        return user

    @property
    def to_address(self) -> str:
        return self.address or self.to_user.email

    def went_to(self, address: str) -> bool:
        """Return whether it last went to this address, which is the person's where none was kept."""
        return keyed_hash(address) == (self.address_hash or self.to_user.address_hash)

    @property
    def why(self) -> str:
        """Return the reason in the reader's language, or an empty text."""
        return Reason.in_words(self.reason, self.reason_values)

    @property
    def message_id(self) -> str:
        """The Message-ID of every copy of this message (RFC 5322), made of the row's own id."""
        return f"<{self.id}@{settings.MAIL_DOMAIN}>"
