"""The webhooks of mail providers: django-anymail's tracking webhooks, each behind a guard of our own.

A request must have the right secret or signature before anything in it counts. A request that is wrong, too
large or unreadable is answered with 4xx, and logged without its content.
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

from challenge.bounces.record import record
from challenge.enrollment.leaving import leave
from challenge.inbound.provider_events import from_event
from challenge.models import DeliveryEvent, Enrollment, Event

log = logging.getLogger(__name__)

MAX_BYTES = 1024 * 1024
View = Callable[..., HttpResponse]


class NotRecorded(Exception):
    """An event was read but not recorded: the provider has to send it again."""


@receiver(tracking)
def record_event(sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    now = timezone.now()
    try:
        with transaction.atomic():
            reported = from_event(event, esp_name, now)
            delivery = record(reported, now) if reported else None
            unsubscribed = reported is not None and reported.kind == DeliveryEvent.Kind.UNSUBSCRIBED
            if delivery and unsubscribed and delivery.went_to(delivery.to_user.email):
                runner = delivery.to_user
                for enrollment in Enrollment.objects.filter(runner=runner, state__in=Enrollment.OPEN_STATES):
                    leave(enrollment.pk, Event.Actor.RUNNER, now)
    except Exception as error:
        raise NotRecorded(type(error).__name__) from error


def guarded(view: View) -> View:
    """Close an anymail webhook without a secret, limit a body to 1 MB, and answer every error."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            return HttpResponse(status=404)
        if _length(request) > MAX_BYTES:
            return _refused(request, 413, "larger than 1 MB")
        try:
            return view(request, *args, **kwargs)
        except AnymailWebhookValidationFailure:
            return _refused(request, 403, "the secret or the signature is wrong")
        except (AnymailConfigurationError, ImproperlyConfigured) as error:
            return _refused(request, 404, f"not set up ({type(error).__name__})")
        except NotRecorded as error:
            return _refused(request, 503, f"not recorded ({error})")
        except Exception as error:  # anymail raises errors of any type for an unexpected body
            return _refused(request, 400, f"unreadable ({type(error).__name__})")

    return enter


def _length(request: HttpRequest) -> int:
    """Return the announced length of the body; Django reads no more than that."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return MAX_BYTES + 1


def _refused(request: HttpRequest, status: int, reason: str) -> HttpResponse:
    log.warning("%s: %d, %s", request.path, status, reason)
    return HttpResponse(status=status)


urlpatterns: list[URLPattern] = [
    path(str(each.pattern), guarded(each.callback), name=each.name)
    for each in anymail_urls
    if str(each.name).endswith("tracking_webhook") or each.name == "mandrill_webhook"
]
