"""Sign-up forms for an address that is in use: they wait, and are answered when the limits allow."""

import logging
from datetime import datetime

from django.db import transaction

from accounts.models import User
from challenge.enrollment.request_limits import (
    Origin,
    SiteIsBusy,
    may_mail,
    next_place,
    one_at_a_time,
    remember,
)
from challenge.enrollment.wish import Wish, is_out, keeps_name, write
from challenge.models import Delivery, Enrollment, MailRequest, WaitingSignUp

log = logging.getLogger(__name__)

Kind, Mail, State = Delivery.Kind, MailRequest.Mail, Enrollment.State


def take(enrollment: Enrollment, wish: Wish, now: datetime, *, mails: bool) -> None:
    """Take one more form for an open enrollment. The wish of a pending one is replaced if a mail follows, or
    if none has left yet; else the form waits. `mails` says whether a mail follows."""
    if enrollment.state == State.PENDING:
        if mails or not is_out(enrollment):
            write(enrollment, wish, now)
        else:
            _wait(enrollment, wish, now)
    elif not _is_name(wish.first_name, enrollment):
        answered_at = now if mails else None
        _keep(enrollment, wish, now, answered_at=answered_at)


def _wait(enrollment: Enrollment, wish: Wish, now: datetime) -> None:
    if keeps_name(enrollment.runner):
        wish = wish._replace(first_name=enrollment.runner.first_name)
    if wish == Wish.of(enrollment):  # sent again: the page was loaded again, or somebody thought better of it
        WaitingSignUp.objects.filter(enrollment=enrollment).delete()
    else:
        _keep(enrollment, wish, now)


def _keep(enrollment: Enrollment, wish: Wish, now: datetime, answered_at: datetime | None = None) -> None:
    told = WaitingSignUp.objects.filter(enrollment=enrollment, first_name=wish.first_name)
    answered_at = answered_at or told.values_list("answered_at", flat=True).first()
    fields = {**wish._asdict(), "asked_at": now, "answered_at": answered_at}
    WaitingSignUp.objects.update_or_create(enrollment=enrollment, defaults=fields)


def confirmed(enrollment: Enrollment) -> None:
    """Forget the form that waits at a sign-up that was confirmed. The runner is told of one with another
    name."""
    waiting = WaitingSignUp.objects.filter(enrollment=enrollment).first()
    if waiting and _is_name(waiting.first_name, enrollment):
        waiting.delete()


def _is_name(text: str, enrollment: Enrollment) -> bool:
    return text.casefold() == enrollment.runner.first_name.casefold()


def answer_waiting(now: datetime, size: int = 200) -> int:
    """Mail what the forms that wait have not been answered with, within the limits, and count the mails."""
    waiting = WaitingSignUp.objects.filter(answered_at=None).order_by("asked_at")
    mailed = 0
    for row in waiting.values_list("pk", flat=True)[:size]:
        try:
            with transaction.atomic():
                mailed += _answer(row, now)
        except SiteIsBusy:
            break
        except (LookupError, ValueError):  # for example, a time zone that this machine does not know
            log.exception("waiting sign-up %s could not be answered", row)
    return mailed


def _answer(row: int, now: datetime) -> bool:
    one_at_a_time()
    runners = User.objects.filter(enrollments__waiting_sign_up=row)
    runner = User.objects.select_for_update(no_key=True).filter(pk__in=runners).first()
    waiting = WaitingSignUp.objects.select_for_update().filter(pk=row).first()
    if runner is None or waiting is None:
        return False
    enrollments = Enrollment.objects.select_for_update(of=("self",)).select_related("runner", "program")
    enrollment = enrollments.get(pk=waiting.enrollment_id)
    if enrollment.state not in Enrollment.OPEN_STATES:
        waiting.delete()
        return False
    pending = enrollment.state == State.PENDING
    mail = Mail.CONFIRMATION if pending else Mail.SIGNED_UP_AGAIN
    if not may_mail(runner.email, mail, now):
        return False
    place = next_place(now) if pending else None
    remember(runner.mailbox_hash, Origin(), now, mail=mail, mailed=True, leaves_at=place)
    if pending:
        wish = Wish(*(getattr(waiting, name) for name in Wish._fields))
        write(enrollment, wish, now)
        Delivery.objects.queue(Kind.CONFIRMATION, place or now, enrollment)
    else:
        WaitingSignUp.objects.filter(pk=row).update(answered_at=now)
        queue_links(enrollment, now)
    return True


def queue_links(enrollment: Enrollment, now: datetime) -> None:
    """Queue fresh links, with those to check in for the newest day that was sent; after the end of a course,
    the link to the runner's page alone."""
    if enrollment.state not in Enrollment.OPEN_STATES:
        Delivery.objects.queue(Kind.OWN_PAGE, now, enrollment)
        return
    sent = enrollment.deliveries.filter(kind=Kind.LESSON, sent_at__isnull=False)
    newest = sent.order_by("-day").values_list("day", flat=True).first()
    Delivery.objects.queue(Kind.LINKS, now, enrollment, day=newest or 0)
