"""What a mail says about an escalation: since when it is open, and a link. It names no runner and says
nothing of health. Instants are on the clock of COACH_TIME_ZONE."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from challenge.mail import links
from challenge.models import Delivery, Escalation


def opened_at(mail: Delivery) -> str:
    return _when(_escalation(mail).opened_at)


def acknowledged_at(mail: Delivery) -> str:
    """Return when somebody took care of it, or an empty text."""
    instant = _escalation(mail).acknowledged_at
    return _when(instant) if instant else ""


def page_url(mail: Delivery) -> str:
    """Return the address of the coach's page, which needs a login."""
    return settings.SITE_URL + reverse("admin:challenge_escalation_change", args=[_escalation(mail).pk])


def take_care_url(mail: Delivery, now: datetime) -> str:
    return links.take_care_url(_escalation(mail), now)


def _escalation(mail: Delivery) -> Escalation:
    """Raises LookupError for a mail about something else."""
    if mail.escalation is None:
        raise LookupError(f"delivery {mail.pk} is about no escalation")
    return mail.escalation


def _when(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "l, j F, H:i")
