"""Whether a posted form may be the work of a program that opens every link of a mail and tries every button.

A form carries its signed time, and nothing else. What is doubtful is saved all the same: it holds and wakes
nobody until it is said a second time.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest

from challenge.models import CheckIn

Doubt = CheckIn.Doubt
FIELD = "served"
TOO_FAST, AT_ARRIVAL = timedelta(seconds=2), timedelta(seconds=10)
_SIGNER = signing.Signer(salt="challenge.site.doubt")


def served(now: datetime) -> str:
    """Return the signed time for a form that is served now."""
    return _SIGNER.sign(now.isoformat())


def doubt_of(request: HttpRequest, sent_at: datetime | None, now: datetime) -> str:
    """Return why a posted form is doubtful, or an empty text; `sent_at` is when the mail of its link left."""
    try:
        served_at = datetime.fromisoformat(_SIGNER.unsign(request.POST.get(FIELD, "")))
    except (signing.BadSignature, ValueError):
        return Doubt.NO_TIME.value
    if now - served_at < TOO_FAST:
        return Doubt.TOO_FAST.value
    if sent_at is not None and now - sent_at < AT_ARRIVAL:
        return Doubt.AT_ARRIVAL.value
    return ""


def doubt_of_words(request: HttpRequest, sent_at: datetime | None, now: datetime) -> str:
    """Return why a program may have sent words to the coach. Nobody's words are doubtful for want of a time:
    the page may have been open for long."""
    doubt = doubt_of(request, sent_at, now)
    return "" if doubt == Doubt.NO_TIME else doubt
