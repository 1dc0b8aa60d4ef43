"""The one cookie of a visitor: the browser that saved a check-in is shown what it wrote, for an hour.

It says which fields this browser wrote, in which answers, and the codes of what it was told for them, without
what it wrote. Its signature holds for one answer of one day
of one enrollment alone, so that it names nobody, and shows nothing that somebody else has saved since.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from challenge.models import DayAnswer, Enrollment

COOKIE = "check-in"
PATH = "/check-in/"
LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class Own:
    """What a browser wrote of an answer: these fields, the instants at which it saved the answers, and the
    codes of what they ask for (safety.advice)."""

    fields: frozenset[str] = frozenset()
    answers: tuple[datetime, ...] = ()
    said: tuple[str, ...] = ()

    def with_answer(self, fields: Iterable[str], saved_at: datetime) -> "Own":
        return Own(self.fields.union(fields), (*self.answers, saved_at))

    def told(self, said: Iterable[str]) -> "Own":
        return replace(self, said=tuple(said))


def read(request: HttpRequest, enrollment: Enrollment, answer: DayAnswer | None) -> Own:
    """Return what this browser wrote of an answer, or nothing."""
    text = request.COOKIES.get(COOKIE, "")
    if answer is None or not text:
        return Own()
    try:
        found = signing.loads(text, salt=_salt(enrollment, answer), max_age=LIFETIME)
    except signing.BadSignature:
        return Own()
    answers = tuple(map(datetime.fromisoformat, found["answers"]))
    return Own(frozenset(found["fields"]), answers, tuple(found.get("said", ())))


def write(response: HttpResponse, enrollment: Enrollment, answer: DayAnswer, own: Own) -> None:
    answers = [at.isoformat() for at in own.answers]
    content = {"fields": sorted(own.fields), "answers": answers, "said": own.said}
    response.set_cookie(
        COOKIE,
        signing.dumps(content, salt=_salt(enrollment, answer)),
        max_age=LIFETIME,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def _salt(enrollment: Enrollment, answer: DayAnswer) -> str:
    return f"check-in.{enrollment.link_key.hex}.{answer.day}.{answer.updated_at.isoformat()}"
