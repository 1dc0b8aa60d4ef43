"""A runner has another address, whoever changed it: what was true of the old one ends."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.addresses import domain_of
from accounts.models import User
from challenge.models import Delivery, Enrollment, Event, Suppression
from challenge.models.enrollment import log_event


def follow_address(runner: User, actor: Event.Actor, now: datetime) -> None:
    """End the links that went to the old address, and let the runner be reachable again. The old address
    stays suppressed if it was. Call it once the new address is saved."""
    with transaction.atomic():
        Enrollment.objects.end_links(runner)
        Suppression.objects.filter(runner=runner).exclude(address_hash=runner.address_hash).update(
            runner=None
        )
        Suppression.objects.filter(address_hash=runner.address_hash).update(runner=runner)
        mails = Delivery.objects.filter(Q(enrollment__runner=runner) | Q(recipient=runner), address="")
        mails.filter(state__in=Delivery.WAITING).update(domain=domain_of(runner.email))
        for run in Enrollment.objects.filter(runner=runner):
            log_event(run, Event.Kind.READDRESSED, actor, now)
