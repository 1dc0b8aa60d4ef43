"""The doors that providers tell us by what became of our mails: django-anymail's tracking webhooks, for
each provider that it knows, behind a guard of our own.

Who knocks is asked for the secret or the signature before anything of it counts. What is wrong, too
large or unreadable is answered with 4xx and noted in the log, with nothing of what it said.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, tracking
from anymail.urls import urlpatterns as anymail_urls
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from challenge.bounces.record import take
from challenge.enrollment.transitions import leave
from challenge.inbound.provider_events import came_back
from challenge.models import Enrollment, Event, Returned

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024
View = Callable[..., HttpResponse]


class NotTaken(Exception):
    """An event was read but not recorded: the provider has to tell it again."""


@receiver(tracking)
def take_event(sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Record one event and act on it."""
    now = timezone.now()
    try:
        with transaction.atomic():
            came = came_back(event, esp_name, now)
            delivery = take(came, now) if came else None
            if delivery and came and came.kind == Returned.Kind.UNSUBSCRIBED:
                runner = delivery.to_user
                for enrollment in Enrollment.objects.filter(runner=runner, state__in=Enrollment.OPEN_STATES):
                    leave(enrollment.pk, Event.Actor.RUNNER, now)
    except Exception as error:
        raise NotTaken(type(error).__name__) from error


def guarded(view: View) -> View:
    """A webhook of anymail's that is open only while there is a secret, reads no more than 1 MB, and
    never falls over."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            return HttpResponse(status=404)
        if _length(request) > LARGEST:
            return _refused(request, 413, "larger than 1 MB")
        try:
            return view(request, *args, **kwargs)
        except AnymailWebhookValidationFailure:
            return _refused(request, 403, "the secret or the signature is wrong")
        except (AnymailConfigurationError, ImproperlyConfigured) as error:
            return _refused(request, 404, f"not set up ({type(error).__name__})")
        except NotTaken as error:
            return _refused(request, 503, f"not recorded ({error})")
        except Exception as error:  # whatever anymail trips over in a body that it did not expect
            return _refused(request, 400, f"unreadable ({type(error).__name__})")

    return enter


def _length(request: HttpRequest) -> int:
    """What the body is said to hold; Django reads no more than that."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return LARGEST + 1


def _refused(request: HttpRequest, status: int, reason: str) -> HttpResponse:
    log.warning("%s: %d, %s", request.path, status, reason)
    return HttpResponse(status=status)


urlpatterns: list[URLPattern] = [
    path(str(each.pattern), guarded(each.callback), name=each.name)
    for each in anymail_urls
    if str(each.name).endswith("tracking_webhook") or each.name == "mandrill_webhook"
]
