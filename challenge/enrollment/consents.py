"""A runner gives a consent, or takes it back. What was kept under it goes with it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Consent, User, give_consents, has_consented, withdraw_consent
from challenge.enrollment.leaving import leave
from challenge.enrollment.unscreened import ask_anew
from challenge.models import Enrollment, Event
from challenge.models.enrollment import log_event
from challenge.models.privacy import erase_health_data


def hold(user: User) -> None:
    """Lock a runner's row and those of the runs: no check-in is saved until the transaction ends."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    list(user.enrollments.order_by("pk").select_for_update(of=("self",)))


def to_take_back(purpose: Consent.Purpose) -> QuerySet[Consent]:
    """Select the consents that stand, and those that ended with a leaving: what was told under them is kept
    while an undo can give them again."""
    left = Enrollment.objects.filter(runner=OuterRef("user"), left_at=OuterRef("withdrawn_at"))
    taken_back = Event.objects.filter(
        enrollment__runner=OuterRef("user"),
        kind=Event.Kind.CONSENT_TAKEN_BACK,
        detail=purpose.value,
        at__gte=OuterRef("withdrawn_at"),
    )
    given = Consent.objects.filter(purpose=purpose, given_at__isnull=False)
    return given.filter(Q(withdrawn_at=None) | (Exists(left) & ~Exists(taken_back)))


def give(user: User, purpose: Consent.Purpose, form: Consent.Form, now: datetime) -> bool:
    """Give a consent on a form. Return False where it stands already."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if has_consented(user, purpose):
            return False
        give_consents(user, [purpose], form, now)
        _log(user, Event.Kind.CONSENT_GIVEN, purpose, Event.Actor.RUNNER, now)
    return True


def take_back(user: User, purpose: Consent.Purpose, by: Event.Actor, now: datetime) -> bool:
    """Take a consent back: that to health data erases what was kept under it, that to mail leaves every
    program. Return False where there is none to take back."""
    with transaction.atomic():
        hold(user)
        if not to_take_back(purpose).filter(user=user).exists():
            return False
        if purpose == Consent.Purpose.HEALTH:
            ask_anew(user)
            erase_health_data(user)
        else:
            for run in user.enrollments.filter(state__in=Enrollment.OPEN_STATES):
                leave(run.pk, by, now, mails=by == Event.Actor.RUNNER)
        withdraw_consent(user, purpose, now)
        _log(user, Event.Kind.CONSENT_TAKEN_BACK, purpose, by, now)
    return True


def take_back_health(enrollment_id: int, by: Event.Actor, now: datetime) -> bool:
    enrollment = Enrollment.objects.select_related("runner").get(pk=enrollment_id)
    return take_back(enrollment.runner, Consent.Purpose.HEALTH, by, now)


def _log(user: User, kind: Event.Kind, purpose: Consent.Purpose, actor: Event.Actor, now: datetime) -> None:
    newest = user.enrollments.order_by("-pk").first()
    if newest:
        log_event(newest, kind, actor, now, Event.Detail(str(purpose)))
