"""Addresses that do not exist: recognised from the server's answer, and not written to again."""

import re
from datetime import datetime

from django.utils.translation import gettext as _

from challenge.delivery.transport import Answer, Phase
from challenge.models import Enrollment, Event, Suppression
from challenge.models.enrollment import note

HARD_CODES = {550, 551, 553}
ADDRESS = re.compile(r"\S+@\S+")
ENHANCED = re.compile(r"\b5\.(\d{1,3})\.\d{1,3}\b")


def is_hard_bounce(answer: Answer) -> bool:
    """Whether the answer says that the address itself is bad.

    RFC 3463: the enhanced code's subject 1 is the address; without one, 550, 551 and 553 to
    RCPT TO mean the mailbox (RFC 5321, 4.2.3).
    """
    if answer.phase is not Phase.RECIPIENT:
        return False
    enhanced = ENHANCED.search(answer.text)
    return enhanced[1] == "1" if enhanced else answer.code in HARD_CODES


def stop_writing(enrollment: Enrollment, answer: Answer, now: datetime) -> None:
    """Suppress the address of an enrollment and pause what was going on there."""
    Suppression.objects.get_or_create(
        address_hash=enrollment.runner.address_hash,
        defaults={
            "reason": Suppression.Reason.BOUNCED,
            "detail": ADDRESS.sub("...", answer.text)[:200],
            "created_at": now,
        },
    )
    active = Enrollment.objects.filter(runner=enrollment.runner_id, state=Enrollment.State.ACTIVE)
    for stopped in active:
        # Counted again in the UPDATE: she may have left meanwhile.
        if active.filter(pk=stopped.pk).update(state=Enrollment.State.PAUSED, next_due_at=None):
            note(stopped, Event.Kind.PAUSED, Event.Actor.SYSTEM, now, _("The address refuses mail."))
