"""A wish: what a sign-up form asks for, and the writing of it into a pending enrollment."""

import hashlib
from datetime import date, datetime, time
from typing import NamedTuple, Self

from django.db.models import Q

from accounts.models import Consent, User, request_consents
from challenge.models import Cohort, Delivery, Enrollment, Event, WaitingSignUp
from challenge.models.enrollment import log_event

ASKING = (Delivery.Kind.CONFIRMATION, Delivery.Kind.REMINDER)


class Wish(NamedTuple):
    """`send_at` and `time_zone` are the visitor's local time."""

    first_name: str
    starts_on: date
    send_at: time
    time_zone: str
    cohort: Cohort | None = None

    @classmethod
    def of(cls, enrollment: Enrollment) -> Self:
        return cls(
            enrollment.runner.first_name,
            enrollment.starts_on,
            enrollment.send_at,
            enrollment.time_zone,
            enrollment.cohort,
        )

    @property
    def digest(self) -> str:
        """Return a text that differs for every other wish; a form carries it to tell what it showed."""
        cohort = self.cohort.pk if self.cohort else None
        return hashlib.sha256(repr((*self[:4], cohort)).encode()).hexdigest()


def keeps_name(user: User) -> bool:
    """Return whether the name is no stranger's to change: the owner of the address has confirmed it, or can
    log in."""
    return user.is_staff or Enrollment.objects.filter(runner=user, confirmed_at__isnull=False).exists()


def is_out(enrollment: Enrollment) -> bool:
    """Return whether a mail that asks to confirm the present wish has left, or is leaving."""
    asking = Delivery.objects.filter(enrollment=enrollment, kind__in=ASKING)
    return asking.filter(Q(state=Delivery.State.SENDING) | Q(sent_at__gte=enrollment.created_at)).exists()


def write(enrollment: Enrollment, wish: Wish, now: datetime) -> None:
    """Write a wish into a new or pending enrollment; earlier ones no longer count."""
    user = enrollment.runner
    if not keeps_name(user):
        user.first_name = wish.first_name
        user.save(update_fields=["first_name"])
    for name in ("starts_on", "send_at", "time_zone", "cohort"):
        setattr(enrollment, name, getattr(wish, name))
    enrollment.created_at = now
    enrollment.save()
    WaitingSignUp.objects.filter(enrollment=enrollment).delete()
    Consent.objects.filter(user=user, given_at=None).delete()
    request_consents(user, [Consent.Purpose.MAIL], Consent.Form.SIGN_UP, now)
    log_event(enrollment, Event.Kind.SIGNED_UP, Event.Actor.RUNNER, now)
