"""States, reasons and instants in words for a coach; instants are on the clock of COACH_TIME_ZONE."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.words import isolated
from challenge.coach.runners.unreachable import REASONS
from challenge.models import CheckIn, Delivery, Enrollment
from challenge.models.attempt import Outcome, Phase
from challenge.models.delivery_event import last_is_bounce

PHASES: Mapping[str, Promise] = {
    Phase.COMPOSE: gettext_lazy("writing the mail"),
    Phase.CONNECT: gettext_lazy("reaching the server"),
    Phase.SENDER: gettext_lazy("naming the sender"),
    Phase.RECIPIENT: gettext_lazy("naming the recipient"),
    Phase.DATA: gettext_lazy("handing the mail over"),
    Phase.ANSWER: gettext_lazy("waiting for the answer"),
    Phase.UNKNOWN: gettext_lazy("not known"),
}
OUTCOMES: Mapping[str, Promise] = {
    Outcome.ACCEPTED: gettext_lazy("accepted"),
    Outcome.DEFERRED: gettext_lazy("put off"),
    Outcome.REFUSED: gettext_lazy("refused"),
    Outcome.UNCERTAIN: gettext_lazy("uncertain"),
    Outcome.UNAVAILABLE: gettext_lazy("server away"),
}
NOTHING = "—"


def when(instant: datetime | None) -> str:
    return date_format(timezone.localtime(instant), "D j M Y, H:i") if instant else NOTHING


def shortly(instant: datetime) -> str:
    """Format an instant without the year, for a list."""
    return date_format(timezone.localtime(instant), "D j M, H:i")


def runner_time(instant: datetime, enrollment: Enrollment) -> str:
    """Format an instant on the runner's own clock, with its zone."""
    local = date_format(instant.astimezone(enrollment.zone), "D j M, H:i")
    return f"{local} {enrollment.time_zone.replace('_', ' ')}"


def runner_time_if_other(instant: datetime, enrollment: Enrollment) -> str:
    """Format an instant on the runner's clock; empty where the coach's clock shows the same."""
    same = instant.astimezone(enrollment.zone).utcoffset() == timezone.localtime(instant).utcoffset()
    return "" if same else runner_time(instant, enrollment)


def ago(instant: datetime, now: datetime) -> str:
    return _("%(time)s ago") % {"time": timesince(instant, now, depth=1)}


def two_lines(first: object, second: object, label: object = "") -> SafeString:
    """Return a cell with a smaller second line. A phone shows no columns, so the label stands before it."""
    before = format_html('<span class="cell-label quiet small">{} </span>', label) if label else ""
    return format_html('{}{}<br><span class="quiet small">{}</span>', before, first, second)


def program_day(enrollment: Enrollment) -> int:
    """Return the last program day that was sent, from loaded deliveries; 0 before the first."""
    lessons = (lesson for lesson in enrollment.deliveries.all() if lesson.kind == Delivery.Kind.LESSON)
    return max((lesson.day for lesson in lessons if lesson.sent_at), default=0)


def day_of(enrollment: Enrollment) -> str:
    day, length = program_day(enrollment), enrollment.program.length
    return _("day %(day)d of %(length)d") % {"day": day, "length": length} if day else _("not begun")


def state_and_day(enrollment: Enrollment) -> str:
    """Word the state and the day of an enrollment that enrollment_queries.with_row_data loaded."""
    reason = getattr(enrollment, "unreachable_reason", "")
    state = _("unreachable") if reason else enrollment.get_state_display()
    return f"{capfirst(state)}, {day_of(enrollment)}"


def unreachable_reason(enrollment: Enrollment) -> str:
    return str(REASONS.get(getattr(enrollment, "unreachable_reason", ""), ""))


def last_mail(enrollment: Enrollment) -> Delivery | None:
    return max(enrollment.deliveries.all(), key=lambda mail: mail.sent_at or mail.due_at, default=None)


def last_check_in(enrollment: Enrollment) -> CheckIn | None:
    return max(
        enrollment.check_ins.all(), key=lambda check_in: (check_in.updated_at, check_in.day), default=None
    )


def runner_label(enrollment: Enrollment) -> str:
    runner = enrollment.runner
    return f"{isolated(runner.first_name)} <{runner.email}>" if runner.first_name else runner.email


def runner_link(enrollment: Enrollment) -> SafeString:
    runner = enrollment.runner
    address = reverse("admin:challenge_enrollment_change", args=[enrollment.pk])
    return format_html('<a href="{}">{}</a>', address, runner.name_in_html())


def mail_name(mail: Delivery) -> str:
    """Return the name of a mail. A second lesson is a copy; a second correction is of another stretch."""
    name = capfirst(str(mail))
    if mail.recall:
        return _("%(mail)s: %(stretch)s") % {"mail": name, "stretch": mail.recall.stretch}
    if mail.kind == Delivery.Kind.LESSON and mail.copy:
        return _("%(mail)s, sent again (copy %(copy)d)") % {"mail": name, "copy": mail.copy}
    return name


def state_in_words(delivery: Delivery) -> str:
    state = _("came back") if last_is_bounce(delivery) else delivery.get_state_display()
    return _("%(state)s, uncertain") % {"state": state} if delivery.uncertain else state


def sentence(delivery: Delivery) -> str:
    """Word the state of a delivery and its reason in one to three sentences."""
    tries = len(delivery.attempts)
    tried = ngettext("tried once", "tried %d times", tries).replace("%d", str(tries))
    text = {
        Delivery.State.QUEUED: _("Waits to be sent at %(time)s.") % {"time": when(delivery.try_at)},
        Delivery.State.SENDING: _("Is being sent now."),
        Delivery.State.SENT: _("Sent at %(time)s.") % {"time": when(delivery.sent_at)},
        Delivery.State.RETRY: _("Not through yet: %(tried)s, the next try is at %(time)s.")
        % {"tried": tried, "time": when(delivery.try_at)},
        Delivery.State.FAILED: _("Failed: %(tried)s.") % {"tried": tried},
        Delivery.State.WITHHELD: _("Held back."),
    }
    sentences = [text[Delivery.State(delivery.state)], delivery.why]
    if delivery.uncertain:
        sentences.append(_("It may have arrived twice."))
    return " ".join(part for part in sentences if part)
