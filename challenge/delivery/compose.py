"""One message as bytes: a compiled mail, its slots filled for one runner, and its headers."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format, time_format

from challenge import schedule
from challenge.curriculum.compile import Compiled, compile_mail
from challenge.curriculum.plain import wrap
from challenge.curriculum.slots import fill
from challenge.delivery.links import Purpose, url
from challenge.models import CheckIn, Delivery, Enrollment, Revision

NAMES_A_DATE = {Delivery.Kind.CONFIRMATION, Delivery.Kind.WELCOME, Delivery.Kind.RESUMED}
OWN_PAGES = (Purpose.CONFIRM, Purpose.HOUR, Purpose.PAUSE, Purpose.LEAVE)
# Headers are written unfolded: a link is one long word, which some readers do not put together again.
UNFOLDED = SMTP.clone(max_line_length=998)


def compose(delivery: Delivery, revision: Revision | None, now: datetime, greeting: str = "") -> bytes:
    """The message of a delivery, CRLF line ends. `revision` is the day's and `greeting` the first
    words, for a lesson.

    Raises when there is nothing to fill or a slot has no value; the caller counts such tries.
    """
    values = {**runner_values(delivery, now), "greeting": greeting}
    return message(_compiled(delivery, revision), values, _headers(delivery, values["leave_url"], now))


def message(compiled: Compiled, values: dict[str, str], headers: dict[str, str]) -> bytes:
    """A compiled mail with its slots filled, as the bytes of a message; its text part is wrapped."""
    wrapped = {name: wrap(values[name]) for name in ("greeting", "coach_note")}
    message = EmailMessage(policy=SMTP)
    for name, value in headers.items():
        message[name] = value
    message["Subject"] = fill(compiled.subject, values)
    message.set_content(fill(compiled.text, {**values, **wrapped}), cte="quoted-printable")
    message.add_alternative(fill(compiled.html, values, html=True), subtype="html", cte="quoted-printable")
    return message.as_bytes(policy=UNFOLDED)


def _compiled(delivery: Delivery, revision: Revision | None) -> Compiled:
    if delivery.kind == Delivery.Kind.LESSON:
        if revision is None:
            raise LookupError(f"day {delivery.day} has no published revision")
        return Compiled(revision.subject, revision.text, revision.html)
    if delivery.recall:
        return Compiled(delivery.recall.subject, delivery.recall.text, delivery.recall.html)
    return _mail(delivery.kind, delivery.day > 0)


@lru_cache
def _mail(kind: str, has_day: bool) -> Compiled:
    return compile_mail(kind, {"has_day": has_day})


def _headers(delivery: Delivery, leave_url: str, now: datetime) -> dict[str, str]:
    """RFC 5322; List-ID (RFC 2919), one-click List-Unsubscribe (RFC 2369, RFC 8058), Auto-Submitted
    (RFC 3834), and Feedback-ID (Gmail's feedback loop): four parts, the last names the sender."""
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
        "Feedback-ID": f"{delivery.day}:{program.slug}:{delivery.kind}:runner-reset",
    }


def runner_values(delivery: Delivery, now: datetime) -> dict[str, str]:
    """What the slots of a mail hold for its runner, the greeting left out."""
    enrollment = delivery.enrollment
    # A lesson says neither date nor results; for the other mails another look or two is cheap.
    further = {} if delivery.kind == Delivery.Kind.LESSON else _further(delivery)
    return {
        **_links(delivery, now),
        **further,
        "greeting": "",
        "coach_note": "",
        "day": str(delivery.day),
        "length": str(enrollment.program.length),
        "program_title": enrollment.program.title,
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


def _links(delivery: Delivery, now: datetime) -> dict[str, str]:
    """Every link of a mail, capabilities of its runner and public pages."""
    who = delivery.enrollment_id
    check_ins = {
        f"{status}_url": url(Purpose.CHECK_IN, now, who, delivery.day, choice=status)
        for status in CheckIn.Status.values
    }
    return {
        **check_ins,
        "day_url": url(Purpose.DAY, now, who, delivery.day),
        **{f"{purpose}_url": url(purpose, now, who) for purpose in OWN_PAGES},
        "library_url": settings.SITE_URL + reverse("library"),
        "sign_up_url": settings.SITE_URL + reverse("sign-up"),
    }


def _further(delivery: Delivery) -> dict[str, str]:
    """The date of the next lesson, where the mail names it; and, in the summary, what the check-ins
    add up to."""
    values = {"starts_on": _next_date(delivery.enrollment)} if delivery.kind in NAMES_A_DATE else {}
    if delivery.kind == Delivery.Kind.SUMMARY:
        told = list(CheckIn.objects.filter(enrollment=delivery.enrollment_id).order_by("day"))
        scores = [check_in.tightness for check_in in told if check_in.tightness is not None]
        done = sum(check_in.status != CheckIn.Status.NOT_TODAY for check_in in told)
        first, last = (str(scores[0]), str(scores[-1])) if len(scores) > 1 else ("", "")
        values |= {"done_count": str(done or ""), "tightness_first": first, "tightness_last": last}
    return values
