"""A runner's change of address: asked for on the runner's page, confirmed at the new address, told to the old
one, and undone from there within seven days. Or a coach corrects it.

The answer to a wish never depends on the new address. Locks: the site's requests, then the runner's row, then
the enrollments'.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.addresses import domain_of, keyed_hash, mailbox
from accounts.models import User
from challenge.enrollment.own_changes import confirm_changes
from challenge.enrollment.request_limits import Origin, answered, may_mail, one_at_a_time, remember
from challenge.models import AddressChange, Delivery, Enrollment, Event, MailRequest, Suppression
from challenge.models.enrollment import log_event
from challenge.models.mail_kinds import Kind

DAILY_LIMIT = 3
DAY = timedelta(days=1)


class TooManyWishes(Exception):
    """The runner has asked for three changes of address within a day."""


class ChangeResult(StrEnum):
    DONE = "done"
    ALREADY = "already"
    TAKEN = "taken"
    GONE = "gone"


def ask(enrollment_id: int, new_address: str, now: datetime) -> None:
    """Ask the owner of a new address to confirm it; the runner of another course there is told instead, a
    suppressed address nothing. Raises TooManyWishes, and PermissionDenied for a coach."""
    with transaction.atomic():
        one_at_a_time()
        enrollment = Enrollment.objects.select_related("runner", "program").get(pk=enrollment_id)
        user = User.objects.select_for_update(no_key=True).get(pk=enrollment.runner_id)
        if user.is_staff:
            raise PermissionDenied
        wishes = AddressChange.objects.filter(user=user)
        if wishes.filter(asked_at__gt=now - DAY).count() >= DAILY_LIMIT:
            raise TooManyWishes
        AddressChange.objects.end_wishes(user, now, but_to=new_address)
        change = AddressChange.objects.create(
            user=user, old_address=user.email, new_address=new_address, asked_at=now
        )
        _mail_new_address(change, enrollment, now)


def _mail_new_address(change: AddressChange, enrollment: Enrollment, now: datetime) -> None:
    address = change.new_address
    theirs = Enrollment.objects.filter(runner__email=address, confirmed_at__isnull=False)
    known = theirs.select_related("runner", "program").order_by("-pk").first()
    mail = MailRequest.Mail.SIGNED_UP_AGAIN if known else MailRequest.Mail.CONFIRMATION
    coachs = User.objects.filter(email=address, is_staff=True).exists()
    mailed = may_mail(address, mail, now) and not (coachs or address == change.old_address)
    remember(keyed_hash(mailbox(address)), Origin(), now, mail=mail, mailed=mailed)
    if mailed and known:
        Delivery.objects.queue(Kind.ADDRESS_USED, now, known)
    elif mailed:
        Delivery.objects.queue(Kind.ADDRESS, now, enrollment, address=address, address_change=change)


def confirm(change_id: int, now: datetime) -> ChangeResult:
    """Move a runner to the new address: the place, the history and the consents stay, every link that is out
    ends, and the old address is told."""
    with _locked(change_id) as change:
        user, enrollment = change.user, _newest_run(change.user)
        if change.confirmed_at and not change.undone_at:
            return ChangeResult.ALREADY
        if not change.may_be_confirmed(now) or enrollment is None or user.is_staff:
            return ChangeResult.GONE
        old_address = user.email
        if not _move(user, change.new_address, now):
            return ChangeResult.TAKEN
        change.old_address, change.confirmed_at = old_address, now
        change.save(update_fields=["old_address", "confirmed_at"])
        AddressChange.objects.end_wishes(user, now)
        answered(user.mailbox_hash)
        Delivery.objects.queue(Kind.ADDRESS_OLD, now, enrollment, address=old_address, address_change=change)
        confirm_changes(enrollment, now)
    return ChangeResult.DONE


def undo(change_id: int, now: datetime) -> ChangeResult:
    """Put the old address back, wherever later changes have led, and end every link that is out."""
    with _locked(change_id) as change:
        user, enrollment = change.user, _newest_run(change.user)
        if change.confirmed_at and change.undone_at:
            return ChangeResult.ALREADY
        if not change.may_be_undone(now) or enrollment is None:
            return ChangeResult.GONE
        if not _move(user, change.old_address, now):
            return ChangeResult.TAKEN
        # Whoever holds the new address must not take the course back.
        later = AddressChange.objects.filter(user=user, confirmed_at__gte=change.confirmed_at)
        later.filter(undone_at=None).update(undone_at=now)
        AddressChange.objects.end_wishes(user, now)
        confirm_changes(enrollment, now)
    return ChangeResult.DONE


def correct(user: User, now: datetime) -> None:
    """End what is asked for or can be undone at a runner whose address a coach has corrected, and saved."""
    with transaction.atomic():
        AddressChange.objects.end_all(user, now)
        _follow(user, Event.Actor.COACH, now)


def forget(now: datetime) -> int:
    """Delete the changes that nothing can be done with any more, and count them."""
    ended = now - AddressChange.UNDO_FOR
    old = Q(confirmed_at=None, asked_at__lte=ended) | Q(confirmed_at__lte=ended)
    return AddressChange.objects.filter(old).delete()[0]


@contextmanager
def _locked(change_id: int) -> Iterator[AddressChange]:
    with transaction.atomic():
        change = AddressChange.objects.get(pk=change_id)
        addresses = [change.old_address, change.new_address]
        people = User.objects.filter(Q(pk=change.user_id) | Q(email__in=addresses)).order_by("pk")
        list(people.select_for_update(no_key=True).values_list("pk"))
        yield AddressChange.objects.select_related("user").get(pk=change_id)


def _newest_run(user: User) -> Enrollment | None:
    """Return the newest run that has not been left, else the newest."""
    runs = Enrollment.objects.filter(runner=user, confirmed_at__isnull=False).order_by("-pk")
    kept = runs.exclude(state=Enrollment.State.WITHDRAWN)
    return kept.select_related("runner", "program").first() or runs.first()


def _move(user: User, address: str, now: datetime) -> bool:
    """Write a runner's new address and end the links. Return False where it belongs to another person; a
    sign-up there that nobody has confirmed gives way."""
    others = User.objects.filter(email=address).exclude(pk=user.pk)
    if others.filter(Q(is_staff=True) | Q(enrollments__confirmed_at__isnull=False)).exists():
        return False
    others.delete()
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=address)
    except IntegrityError:  # somebody has signed up there in this moment
        return False
    user.email = address
    _follow(user, Event.Actor.RUNNER, now)
    return True


def _follow(runner: User, actor: Event.Actor, now: datetime) -> None:
    """End the links that went to the old address, and let the runner be reachable again at the new one, which
    is saved. The old address stays suppressed if it was."""
    Enrollment.objects.end_links(runner)
    theirs = Suppression.objects.filter(runner=runner)
    theirs.exclude(address_hash=runner.address_hash).update(runner=None)
    Suppression.objects.filter(address_hash=runner.address_hash).update(runner=runner)
    mails = Delivery.objects.filter(Q(enrollment__runner=runner) | Q(recipient=runner), address="")
    mails.filter(state__in=Delivery.WAITING).update(domain=domain_of(runner.email))
    for run in Enrollment.objects.filter(runner=runner):
        log_event(run, Event.Kind.READDRESSED, actor, now)
