"""The cookie of a browser that wrote to the coach: it is shown what it wrote, and the answers, for a week.

It lists the ids of the messages. Its signature holds for one enrollment alone, so that it names nobody, and
the holder of a mail that was passed on reads nothing.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from challenge.models import Enrollment, Message

COOKIE = "messages"
PATH = "/day/"
LIFETIME = timedelta(days=7)
MOST = 20


def read(request: HttpRequest, enrollment: Enrollment) -> list[int]:
    """Return the ids of the messages that this browser wrote, or nothing."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(enrollment), max_age=LIFETIME)
    except signing.BadSignature:
        return []
    return [int(message_id) for message_id in found]


def write(request: HttpRequest, response: HttpResponse, message: Message) -> None:
    """Add a message to what this browser wrote."""
    enrollment = message.enrollment
    earlier = [message_id for message_id in read(request, enrollment) if message_id != message.pk]
    response.set_cookie(
        COOKIE,
        signing.dumps([*earlier, message.pk][-MOST:], salt=_salt(enrollment)),
        max_age=LIFETIME,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(enrollment: Enrollment) -> str:
    return f"messages.{enrollment.link_key.hex}"
