"""Sign up: a pending enrollment, and the mail that asks the address's owner to confirm it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from accounts.addresses import keyed_hash, mailbox
from accounts.models import Consent, User, request_consents
from challenge.enrollment.request_limits import Origin, admit, may_mail, next_place, remember
from challenge.models import Cohort, Delivery, Enrollment, Event, Program, Suppression
from challenge.models.enrollment import log_event

Kind, State = Delivery.Kind, Enrollment.State


@dataclass(frozen=True)
class SignUpData:
    """A sign-up form. `send_at` and `time_zone` are the visitor's local time; `health` is the consent to
    store health data; the form requires the consent to mail."""

    email: str
    first_name: str
    program: Program
    starts_on: date
    send_at: time
    time_zone: str
    health: bool
    cohort: Cohort | None = None


def sign_up(data: SignUpData, ip: str, now: datetime) -> None:
    """Save the data and queue the mail that answers it. The caller's answer never depends on the address.
    Raises TooManyRequests when the connection has asked too often, or very many people sign up."""
    with transaction.atomic():
        starts_together = data.cohort is not None and data.cohort.starts_on > now.date()
        origin = admit(ip, now, cohort=starts_together)
        place = next_place(now)
        User.objects.get_or_create(email=data.email, defaults={"first_name": data.first_name})
        user = User.objects.select_for_update().get(
            email=data.email
        )  # lock: two forms at the same time go one after the other
        enrollment = _open_enrollment(user, data.program)
        if enrollment is None or enrollment.state == State.PENDING:
            enrollment = _save(enrollment or Enrollment(runner=user, program=data.program), data, now)
        _answer(enrollment, origin, now, place)


def send_links(email: str, ip: str, now: datetime) -> None:
    """Queue fresh links for the newest open enrollment of an address, else for the newest that has ended.
    Raises TooManyRequests when the connection has asked too often."""
    with transaction.atomic():
        origin = admit(ip, now)
        found = Enrollment.objects.select_for_update(of=("self",)).filter(runner__email=email)
        runs = found.select_related("runner", "program").order_by("-pk")
        newest = runs.filter(state__in=Enrollment.OPEN_STATES).first()
        newest = newest or runs.filter(confirmed_at__isnull=False).first()
        if newest:
            _answer(newest, origin, now)
        else:  # it counts for the connection nevertheless, so that the limit does not reveal who is known
            remember(keyed_hash(mailbox(email)), origin, now, mailed=False)


def _open_enrollment(user: User, program: Program) -> Enrollment | None:
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .filter(runner=user, program=program, state__in=Enrollment.OPEN_STATES)
        .select_related("runner", "program")
        .first()
    )


def _save(enrollment: Enrollment, data: SignUpData, now: datetime) -> Enrollment:
    """Write the newest form into a pending enrollment; an earlier form no longer counts."""
    user = enrollment.runner
    if not Enrollment.objects.filter(runner=user, confirmed_at__isnull=False).exists():
        User.objects.filter(pk=user.pk, is_staff=False).update(first_name=data.first_name)
    for name in ("starts_on", "send_at", "time_zone", "cohort"):
        setattr(enrollment, name, getattr(data, name))
    enrollment.created_at = now
    enrollment.save()
    Consent.objects.filter(user=user, given_at=None).delete()
    purposes = [Consent.Purpose.MAIL] + ([Consent.Purpose.HEALTH] if data.health else [])
    request_consents(user, purposes, Consent.Form.SIGN_UP, now)
    log_event(enrollment, Event.Kind.SIGNED_UP, Event.Actor.RUNNER, now)
    return enrollment


def _answer(enrollment: Enrollment, origin: Origin, now: datetime, place: datetime | None = None) -> None:
    """Queue the mail for an open enrollment, within the limits and never to a suppressed address. `place` is
    when a confirmation may leave."""
    runner = enrollment.runner
    pending = enrollment.state == State.PENDING
    mailed = may_mail(runner.mailbox_hash, now, stranger=pending)
    mailed = mailed and not Suppression.objects.filter(address_hash=runner.address_hash).exists()
    remember(runner.mailbox_hash, origin, now, mailed=mailed, leaves_at=place)
    if mailed and pending:
        Delivery.objects.queue(Kind.CONFIRMATION, place or now, enrollment)
    elif mailed:
        queue_links(enrollment, now)


def queue_links(enrollment: Enrollment, now: datetime) -> None:
    """Queue fresh links, with those of the newest day that was sent; after the end of a course, the link to
    the runner's page alone."""
    if enrollment.state not in Enrollment.OPEN_STATES:
        Delivery.objects.queue(Kind.OWN_PAGE, now, enrollment)
        return
    sent = enrollment.deliveries.filter(kind=Kind.LESSON, sent_at__isnull=False)
    newest = sent.order_by("-day").values_list("day", flat=True).first()
    Delivery.objects.queue(Kind.LINKS, now, enrollment, day=newest or 0)
