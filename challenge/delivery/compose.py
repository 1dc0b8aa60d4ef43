"""One message as bytes: a compiled mail, its slots filled for one runner, and its headers."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from django.conf import settings
from django.utils.formats import date_format, time_format

from challenge import schedule
from challenge.curriculum.compile import Compiled, compile_mail
from challenge.curriculum.slots import fill
from challenge.delivery.links import Purpose, url
from challenge.models import CheckIn, Delivery, Enrollment, Revision

# Headers are written unfolded: a link is one long word, which some readers do not put together again.
UNFOLDED = SMTP.clone(max_line_length=998)


def compose(delivery: Delivery, revision: Revision | None, now: datetime) -> bytes:
    """The message of a delivery, CRLF line ends. `revision` is the day's, for a lesson.

    Raises when there is nothing to fill or a slot has no value; the caller counts such tries.
    """
    lesson = delivery.kind == Delivery.Kind.LESSON
    compiled = _lesson(delivery, revision) if lesson else _mail(delivery.kind, delivery.day > 0)
    values = _values(delivery, now)
    message = EmailMessage(policy=SMTP)
    for name, value in _headers(delivery, values["leave_url"], now).items():
        message[name] = value
    message["Subject"] = fill(compiled.subject, values)
    message.set_content(fill(compiled.text, values), cte="quoted-printable")
    message.add_alternative(fill(compiled.html, values, html=True), subtype="html", cte="quoted-printable")
    return message.as_bytes(policy=UNFOLDED)


def _lesson(delivery: Delivery, revision: Revision | None) -> Compiled:
    if revision is None:
        raise LookupError(f"day {delivery.day} has no published revision")
    return Compiled(revision.subject, revision.text, revision.html)


@lru_cache
def _mail(kind: str, has_day: bool) -> Compiled:
    return compile_mail(kind, {"has_day": has_day})


def _headers(delivery: Delivery, leave_url: str, now: datetime) -> dict[str, str]:
    """RFC 5322; List-ID (RFC 2919), one-click List-Unsubscribe (RFC 2369, RFC 8058) and
    Auto-Submitted (RFC 3834)."""
    program = delivery.enrollment.program
    return {
        "From": settings.MAIL_FROM,
        "To": delivery.enrollment.runner.email,
        "Date": format_datetime(now),
        "Message-ID": delivery.message_id,
        "List-ID": f"{program.title} <{program.slug}.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe": f"<{leave_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


def _values(delivery: Delivery, now: datetime) -> dict[str, str]:
    enrollment = delivery.enrollment
    check_ins = {
        f"{status}_url": url(Purpose.CHECK_IN, now, enrollment.pk, delivery.day, choice=status)
        for status in CheckIn.Status.values
    }
    # A lesson says no date; for the other mails one more look at the ledger is cheap.
    dates = {} if delivery.kind == Delivery.Kind.LESSON else {"starts_on": _next_date(enrollment)}
    return {
        **check_ins,
        **dates,
        **_links(enrollment, now),
        "day": str(delivery.day),
        "first_name": enrollment.runner.get_short_name(),
        "coach_name": settings.COACH_NAME,
        "postal_address": settings.POSTAL_ADDRESS,
        "site_url": settings.SITE_URL,
        "send_at": time_format(enrollment.send_at, "H:i"),
        "time_zone": enrollment.time_zone.replace("_", " "),
    }


def _next_date(enrollment: Enrollment) -> str:
    """The local date of the next lesson: of the one that is queued, else of the one that is due, and
    before the sign-up is confirmed the date wished for."""
    lessons = Delivery.objects.filter(enrollment=enrollment, kind=Delivery.Kind.LESSON)
    on_its_way = lessons.filter(state__in=[*Delivery.WAITING, Delivery.State.SENDING])
    queued = on_its_way.order_by("due_at").values_list("due_at", flat=True).first()
    due = queued or enrollment.next_due_at
    day = schedule.local_date(due, enrollment.zone) if due else enrollment.starts_on
    return date_format(day, "l, j F")


def _links(enrollment: Enrollment, now: datetime) -> dict[str, str]:
    purposes = {"confirm_url": Purpose.CONFIRM, "hour_url": Purpose.HOUR, "leave_url": Purpose.LEAVE}
    return {name: url(purpose, now, enrollment.pk) for name, purpose in purposes.items()}
