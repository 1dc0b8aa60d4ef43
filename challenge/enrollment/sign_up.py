"""Sign up: a pending enrollment, and the mail that asks the address's owner to confirm it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from accounts.addresses import keyed_hash, mailbox
from accounts.models import User
from challenge.enrollment.request_limits import Origin, admit, may_mail, next_place, remember
from challenge.enrollment.waiting import queue_links, take
from challenge.enrollment.wish import Wish, write
from challenge.models import Cohort, Delivery, Enrollment, MailRequest, Program

Kind, Mail, State = Delivery.Kind, MailRequest.Mail, Enrollment.State


@dataclass(frozen=True)
class SignUpData:
    """A sign-up form. `send_at` and `time_zone` are the visitor's local time; the form requires the consent
    to mail."""

    email: str
    first_name: str
    program: Program
    starts_on: date
    send_at: time
    time_zone: str
    cohort: Cohort | None = None

    @property
    def wish(self) -> Wish:
        return Wish(self.first_name, self.starts_on, self.send_at, self.time_zone, self.cohort)


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
        if enrollment is None:
            enrollment = Enrollment(runner=user, program=data.program)
            write(enrollment, data.wish, now)
            mails = may_mail(user.email, Mail.CONFIRMATION, now)
        else:
            mails = may_mail(user.email, _mail(enrollment, Mail.SIGNED_UP_AGAIN), now)
            take(enrollment, data.wish, now, mails=mails)
        _answer(enrollment, Mail.SIGNED_UP_AGAIN, origin, now, mails=mails, place=place)


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
            mails = may_mail(email, _mail(newest, Mail.LINKS), now)
            _answer(newest, Mail.LINKS, origin, now, mails=mails)
        else:  # it counts for the connection nevertheless, so that the limit does not reveal who is known
            remember(keyed_hash(mailbox(email)), origin, now, mail=Mail.LINKS, mailed=False)


def _open_enrollment(user: User, program: Program) -> Enrollment | None:
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .filter(runner=user, program=program, state__in=Enrollment.OPEN_STATES)
        .select_related("runner", "program", "cohort")
        .first()
    )


def _mail(enrollment: Enrollment, asked: MailRequest.Mail) -> MailRequest.Mail:
    """Return the mail that answers a request: a pending enrollment has no other than its confirmation."""
    return Mail.CONFIRMATION if enrollment.state == State.PENDING else asked


def _answer(
    enrollment: Enrollment,
    asked: MailRequest.Mail,
    origin: Origin,
    now: datetime,
    *,
    mails: bool,
    place: datetime | None = None,
) -> None:
    """Remember a request, and queue the mail for an open enrollment if one follows. `place` is when a
    confirmation may leave."""
    mail = _mail(enrollment, asked)
    remember(enrollment.runner.mailbox_hash, origin, now, mail=mail, mailed=mails, leaves_at=place)
    if mails and mail == Mail.CONFIRMATION:
        Delivery.objects.queue(Kind.CONFIRMATION, place or now, enrollment)
    elif mails:
        queue_links(enrollment, now)
