"""How a row of the ledger comes to be."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.addresses import domain_of
from challenge.models.enrollment import Enrollment
from challenge.models.mail_kinds import KINDS, Kind

if TYPE_CHECKING:
    from accounts.models import User
    from challenge.models.delivery import Delivery


class DeliveryManager(models.Manager["Delivery"]):
    """The only code that makes rows: `queue` for one, `prepare` and `queue_many` for a batch."""

    def prepare(
        self,
        kind: Kind,
        due_at: datetime,
        enrollment: Enrollment | None = None,
        *,
        recipient: "User | None" = None,
        address: str = "",
        **fields: Any,
    ) -> "Delivery":
        """Make an unsaved row that is tried from `due_at` on and closes after the time of its kind.

        The mail goes to the enrollment's runner, whose row is queried if it is not loaded, or to `recipient`
        for a mail without an enrollment. `address` is given only if it is not the recipient's own; it is
        cleared once the mail is recorded. Times in `fields` override the kind's.
        """
        rules = KINDS[kind]
        closes_at = due_at + rules.closes_after if rules.closes_after else None
        usual = {"try_at": due_at, "closes_at": closes_at, "priority": rules.priority}
        delivery = self.model(kind=kind, enrollment=enrollment, recipient=recipient, address=address)
        delivery.domain = domain_of(delivery.to_address)
        for name, value in {"due_at": due_at, **usual, **fields}.items():
            setattr(delivery, name, value)
        return delivery

    def queue(
        self, kind: Kind, due_at: datetime, enrollment: Enrollment | None = None, day: int = 0, **fields: Any
    ) -> "Delivery":
        """Queue one message, as the next copy of its kind and day. Takes what `prepare` takes."""
        if enrollment and "copy" not in fields:
            # Not their number: an answer goes with its message when the term of that is over.
            copies = self.filter(enrollment=enrollment, kind=kind, day=day)
            last: int | None = copies.aggregate(last=models.Max("copy"))["last"]
            fields["copy"] = 0 if last is None else last + 1
        delivery = self.prepare(kind, due_at, enrollment, day=day, **fields)
        delivery.save(force_insert=True)
        return delivery

    def queue_many(self, prepared: Iterable["Delivery"]) -> None:
        """Queue prepared messages together; existing ones stay unchanged."""
        self.bulk_create(prepared, ignore_conflicts=True)
