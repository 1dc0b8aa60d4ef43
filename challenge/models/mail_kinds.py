"""The kinds of mail, one entry each. A new mail is an entry here and its templates in templates/emails/."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.enrollment import Enrollment

State = Enrollment.State


class Kind(models.TextChoices):
    CONFIRMATION = "confirmation", _("confirmation")
    REMINDER = "reminder", _("reminder to confirm")
    WELCOME = "welcome", _("welcome")
    SCREENING = "screening", _("reminder to answer the questions")
    LINKS = "links", _("fresh links")
    LESSON = "lesson", _("lesson")
    PAUSED = "paused", _("paused")
    RESUMED = "resumed", _("resumed")
    CORRECTION = "correction", _("correction")
    SUMMARY = "summary", _("summary of the course")
    GOODBYE = "goodbye", _("goodbye")
    LEFT = "left", _("left")
    CHANGED = "changed", _("changes on the runner's page")
    OWN_PAGE = "own_page", _("link to the runner's page")
    ADDRESS = "address", _("confirm a new address")
    ADDRESS_USED = "address_used", _("a new address that is another runner's")
    ADDRESS_OLD = "address_old", _("a changed address, to the old one")
    ERASING = "erasing", _("asked to be erased")
    HELD = "held", _("held for safety")
    CLEARED = "cleared", _("hold cleared")
    ESCALATION = "escalation", _("escalation, to a coach")
    SECOND = "second", _("escalation, to the second contact")
    ANSWER = "answer", _("answer of the coach")


class Priority(models.IntegerChoices):
    """The order of all mail that is due. What is about safety obeys no limit of the speed of mail."""

    SAFETY = -1, _("somebody may be in danger")
    WAITED_FOR = 0, _("somebody waits for it")
    USUAL = 1, _("usual")


class Wording(models.TextChoices):
    TEMPLATES = "templates"
    REVISION = "revision"
    RECALL = "recall"


CONFIRMED = frozenset(State) - {State.PENDING, State.WITHDRAWN}
# The slots in the footer of every mail, and those of a mail about the program.
SENDER = frozenset({"coach_name", "postal_address"})
FOOTER = SENDER | {"first_name", "leave_url", "site_url"}
# A stranger may have written the name, so an unconfirmed address gets none; and it has nothing to share yet.
UNNAMED = FOOTER - {"first_name", "site_url"}
SCHEDULE = frozenset({"send_at", "time_zone"})
STEERING = frozenset({"pause_url", "hour_url"})
CHECK_IN = frozenset({"done_url", "partly_url", "not_today_url"})
MORNING = frozenset({"morning", "not_worse_url", "worse_url", "no_pain_url"})


@dataclass(frozen=True)
class MailKind:
    """The rules of one kind of mail.

    `states` are those of the enrollment, if it has one, in which it may leave; then `waits_for_daylight`
    delays it at night (21:00 to 07:00) once it is an hour late. It is given up `closes_after` its due time;
    None leaves that to the planner. `slots` are the places that its templates may hold (curriculum.slots).
    """

    states: frozenset[Enrollment.State] = CONFIRMED
    needs_consent: bool = True
    needs_no_later_course: bool = False
    waits_for_daylight: bool = True
    closes_after: timedelta | None = timedelta(days=7)
    priority: Priority = Priority.USUAL
    slots: frozenset[str] = frozenset()
    wording: Wording = Wording.TEMPLATES


PENDING, ACTIVE = frozenset({State.PENDING}), frozenset({State.ACTIVE})
PAUSED, COMPLETED = frozenset({State.PAUSED}), frozenset({State.COMPLETED})
GOES_ON = frozenset({State.SCREENING, State.ACTIVE, State.PAUSED})
WAITED_FOR = Priority.WAITED_FOR

KINDS: dict[str, MailKind] = {
    Kind.CONFIRMATION: MailKind(
        states=PENDING,
        needs_consent=False,
        priority=WAITED_FOR,
        slots=UNNAMED | SCHEDULE | {"program_title", "confirm_url", "starts_on", "second_address"},
    ),
    Kind.REMINDER: MailKind(
        states=PENDING, needs_consent=False, slots=UNNAMED | {"program_title", "confirm_url"}
    ),
    # It names the day of the next lesson, and asks for exercise.
    Kind.WELCOME: MailKind(
        states=CONFIRMED - {State.HELD},
        priority=WAITED_FOR,
        slots=FOOTER | SCHEDULE | STEERING | {"starts_on", "screening_url"},
    ),
    Kind.SCREENING: MailKind(
        states=frozenset({State.SCREENING}),
        slots=FOOTER | STEERING | {"program_title", "screening_url"},
    ),
    Kind.LINKS: MailKind(
        priority=WAITED_FOR,
        slots=FOOTER
        | SCHEDULE
        | STEERING
        | CHECK_IN
        | {"day", "own_page_url", "resume_url", "screening_url", "asked_name", "second_address"}
        | {"held_why", "held_lessons"},
    ),
    Kind.LESSON: MailKind(
        states=ACTIVE,
        waits_for_daylight=False,
        closes_after=None,
        slots=FOOTER
        | STEERING
        | CHECK_IN
        | MORNING
        | {"day", "length", "program_title", "greeting", "coach_note", "day_url", "library_url"}
        | {"exercise", "words_only", "screening_url"},
        wording=Wording.REVISION,
    ),
    Kind.PAUSED: MailKind(states=PAUSED, priority=WAITED_FOR, slots=FOOTER | STEERING | {"paused_by"}),
    # A hold may leave the lessons, without their exercise.
    Kind.HELD: MailKind(
        states=GOES_ON | {State.HELD},
        priority=WAITED_FOR,
        slots=FOOTER | STEERING | {"held_why", "held_now", "held_lessons", "tell_url"},
    ),
    Kind.CLEARED: MailKind(
        states=GOES_ON, priority=WAITED_FOR, slots=FOOTER | STEERING | {"what_next", "tell_url"}
    ),
    Kind.RESUMED: MailKind(
        states=ACTIVE, priority=WAITED_FOR, slots=FOOTER | SCHEDULE | STEERING | {"starts_on"}
    ),
    Kind.CORRECTION: MailKind(priority=WAITED_FOR, slots=FOOTER, wording=Wording.RECALL),
    Kind.SUMMARY: MailKind(
        states=COMPLETED,
        slots=FOOTER | {"done_count", "length", "library_url", "tightness_first", "tightness_last"},
    ),
    Kind.GOODBYE: MailKind(
        states=COMPLETED, needs_no_later_course=True, slots=FOOTER | {"library_url", "sign_up_url"}
    ),
    # The consent has just ended: this mail only confirms that.
    Kind.LEFT: MailKind(
        states=frozenset({State.WITHDRAWN}),
        needs_consent=False,
        needs_no_later_course=True,
        closes_after=timedelta(days=2),
        priority=WAITED_FOR,
        slots=FOOTER | {"program_title", "undo_until", "time_zone"},
    ),
    Kind.CHANGED: MailKind(
        closes_after=timedelta(days=2), slots=FOOTER | STEERING | {"changes", "what_next", "links_url"}
    ),
    # A course has ended, and what is kept of it is still the runner's.
    Kind.OWN_PAGE: MailKind(
        states=frozenset({State.COMPLETED, State.WITHDRAWN}),
        needs_consent=False,
        closes_after=timedelta(days=1),
        priority=WAITED_FOR,
        slots=FOOTER | {"program_title", "own_page_url"},
    ),
    # These go to an address that is not, or no longer, the runner's: none has a link to the course.
    Kind.ADDRESS: MailKind(
        needs_consent=False,
        closes_after=timedelta(days=1),
        priority=WAITED_FOR,
        slots=SENDER | {"program_title", "address_url"},
    ),
    Kind.ADDRESS_USED: MailKind(
        states=CONFIRMED | {State.WITHDRAWN},
        needs_consent=False,
        closes_after=timedelta(days=1),
        priority=WAITED_FOR,
        slots=SENDER | {"program_title", "links_url"},
    ),
    Kind.ADDRESS_OLD: MailKind(
        states=CONFIRMED | {State.WITHDRAWN},
        needs_consent=False,
        priority=WAITED_FOR,
        slots=SENDER | {"program_title", "address_undo_url", "address_undo_until", "time_zone"},
    ),
    Kind.ERASING: MailKind(
        states=frozenset(State) - PENDING,
        needs_consent=False,
        closes_after=timedelta(days=1),
        priority=WAITED_FOR,
        slots=FOOTER | {"erase_at", "keep_url", "time_zone"},
    ),
    # These go to coaches, name no runner, and say nothing of health.
    Kind.ESCALATION: MailKind(
        needs_consent=False,
        closes_after=timedelta(days=1),
        priority=Priority.SAFETY,
        slots=SENDER | {"opened_at", "acknowledged_at", "escalation_url"},
    ),
    Kind.SECOND: MailKind(
        needs_consent=False,
        closes_after=timedelta(days=1),
        priority=Priority.SAFETY,
        slots=SENDER | {"opened_at", "acknowledged_at", "take_care_url"},
    ),
    # Whoever asked is answered, also one who has left since; conversation.answers sees to it that it is once.
    Kind.ANSWER: MailKind(
        states=frozenset(State) - PENDING,
        needs_consent=False,
        priority=WAITED_FOR,
        slots=FOOTER | {"day", "answer", "asked_on", "unasked", "ask_url", "links_url"},
    ),
}
ABOUT_ESCALATIONS = (Kind.ESCALATION, Kind.SECOND)
