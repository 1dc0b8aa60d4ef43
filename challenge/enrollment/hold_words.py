"""What a runner is told about a hold: in a mail, on the runner's own page, and behind links of old mails.

A mail is passed on, so what stands behind its links names no symptom, score or level. The own page has the
reason.
"""

from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from challenge.models import Enrollment, Event, Hold, SafetyLevel
from challenge.models.mail_kinds import GOES_ON

State, Source = Enrollment.State, Hold.Source


@dataclass(frozen=True)
class HoldWords:
    """`why` says since when and by what sort of thing, `lessons` what becomes of them, `to_do` what to do now
    for whoever reads it, and `to_do_by_level` for this runner. `reasons` belong on the own page alone."""

    words_only: bool
    why: str
    lessons: str
    to_do: str
    to_do_by_level: str
    reasons: list[str] = field(default_factory=list)


def hold_words(enrollment: Enrollment) -> HoldWords | None:
    """Return the words about what stops a runner's exercise; None where nothing does."""
    is_held = enrollment.state == State.HELD
    if not is_held and not (enrollment.words_only and enrollment.state in GOES_ON):
        return None
    holds = list(Hold.objects.filter(enrollment=enrollment, cleared_at=None))
    if is_held:
        holds = [one for one in holds if not one.words_only] or holds
    gravest = min(holds, key=lambda one: SafetyLevel.rank(one.level), default=None)
    source = gravest.source if gravest else ""
    return HoldWords(
        words_only=not is_held,
        why=_why(source, holds, enrollment),
        lessons=_lessons(source, is_held=is_held),
        to_do=_by_level("", source),
        to_do_by_level=_by_level(gravest.level if gravest else "", source),
        reasons=[one.why for one in holds if one.reason not in ("", Hold.Reason.SAFETY, Hold.Reason.COACH)],
    )


def _why(source: str, holds: list[Hold], enrollment: Enrollment) -> str:
    if not holds:
        return _("Your course was stopped.")
    since = date_format(holds[0].opened_at.astimezone(enrollment.zone), "l, j F")
    texts: dict[str, str] = {
        Source.COACH: _("Your coach stopped your course on %(date)s."),
        Source.SCREENING: _("Your course was stopped on %(date)s, because of your answers to our questions."),
        Source.CHECK_IN: _("Your course was stopped on %(date)s, because of what you told in a check-in."),
        Source.MESSAGE: _("Your course was stopped on %(date)s, because of what you wrote to your coach."),
    }
    return texts[source] % {"date": since}


def _lessons(source: str, *, is_held: bool) -> str:
    if not is_held:
        return _(
            "Your lessons come without their exercises until somebody who has examined you says that you may"
            " go on."
        )
    if source == Source.COACH:
        return _("Your lessons wait until your coach says that they go on.")
    return _("Your lessons wait until somebody who has examined you says that you may go on.")


def _by_level(level: str, source: str) -> str:
    stop = _("No running and no stretching until somebody who has examined you agrees.")
    if source == Source.COACH:
        return _("Please leave the stretches and the running of the course until you have talked it over.")
    if level == SafetyLevel.EMERGENCY:
        return _(
            "Call your local emergency number or have somebody take you to an emergency department now."
            " Don't wait for us or for an appointment."
        )
    if level == SafetyLevel.ASK_FIRST:
        return _("Ask a clinician who knows you first.")
    now = {
        SafetyLevel.TODAY.value: _("Please speak to a doctor or an urgent-care line today."),
        SafetyLevel.WITHIN_DAYS.value: _("Please book a doctor's appointment within the next few days."),
    }.get(level)
    now = now or _(
        "Does anything on the emergency list fit, or is it getting worse? Call your local emergency number"
        " now; don't wait for us. Otherwise speak to a doctor or an urgent-care line today."
    )
    return f"{now} {stop}"


def was_paused_by_coach(enrollment: Enrollment) -> bool:
    """Return whether a pause, the last one, was the coach's."""
    stops = Event.objects.filter(enrollment=enrollment, kind__in=[Event.Kind.PAUSED, Event.Kind.UNREACHABLE])
    last = stops.order_by("-at", "-pk").values_list("kind", "actor").first()
    is_paused = enrollment.state == State.PAUSED
    return is_paused and last == (Event.Kind.PAUSED, Event.Actor.COACH)
