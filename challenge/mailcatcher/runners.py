"""Whose mail is in the inbox: the enrollments that can be sent their next lesson now."""

from collections.abc import Iterable
from dataclasses import dataclass

from challenge.mailcatcher.mail import Head
from challenge.models import Enrollment


@dataclass(frozen=True)
class Recipient:
    """A runner who got mail here, and her latest active enrollment."""

    address: str
    enrollment_id: int


def recipients(mails: Iterable[Head]) -> list[Recipient]:
    """The runners of these mails who are in a course now, by address; one query."""
    addresses = {address.lower() for mail in mails for address in mail.to}
    active = Enrollment.objects.filter(state=Enrollment.State.ACTIVE, runner__email__in=addresses)
    latest = dict(active.order_by("pk").values_list("runner__email", "pk"))
    return [Recipient(address, pk) for address, pk in sorted(latest.items())]
