"""A runner in a program, and the events of the enrollment."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from challenge.models.program import Cohort, Program

if TYPE_CHECKING:
    from accounts.models import User


class EnrollmentManager(models.Manager["Enrollment"]):
    def end_links(self, runner: "User") -> None:
        """End every link that was mailed to a runner: each row gets a new key."""
        for enrollment_id in self.filter(runner=runner).values_list("pk", flat=True):
            self.filter(pk=enrollment_id).update(link_key=uuid.uuid4(), opens_numbered_links=False)


class Enrollment(models.Model):
    """One participation of one runner in one program. The row is the schedule: an active enrollment is due
    when `next_due_at` (UTC) has passed. `send_at` and `time_zone` are the runner's local time. Every mailed
    link names `link_key` (mail.links)."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SCREENING = "screening", _("screening")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        HELD = "held", _("held")
        COMPLETED = "completed", _("completed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN_STATES = (State.PENDING, State.SCREENING, State.ACTIVE, State.PAUSED, State.HELD)
    UNDO_FOR = timedelta(days=7)

    runner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrollments", verbose_name=_("runner")
    )
    program = models.ForeignKey(
        Program, models.PROTECT, related_name="enrollments", verbose_name=_("program")
    )
    cohort = models.ForeignKey(
        Cohort, models.SET_NULL, null=True, blank=True, related_name="enrollments", verbose_name=_("cohort")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    starts_on = models.DateField(_("starts on"))
    send_at = models.TimeField(_("hour"), help_text=_("On the runner's own clock."))
    time_zone = models.CharField(_("time zone"), max_length=64)
    next_due_at = models.DateTimeField(_("next lesson due"), null=True, blank=True)
    created_at = models.DateTimeField(_("signed up"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    pinned_at = models.DateTimeField(
        _("versions of"),
        null=True,
        blank=True,
        help_text=_("When the first lesson was planned: its days keep the versions of that moment."),
    )
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    left_from = models.CharField(
        _("state before leaving"),
        max_length=10,
        choices=State,
        blank=True,
        help_text=_("An undo leads back to it; empty where there is none."),
    )
    link_key = models.UUIDField(_("key of the links"), default=uuid.uuid4, unique=True, editable=False)
    left_out = models.JSONField(
        _("movements that are left out"),
        default=list,
        blank=True,
        help_text=_("Names of stretches (slugs), from the screening."),
    )
    words_only = models.BooleanField(_("lessons without exercise"), default=False)
    screening_asked_at = models.DateTimeField(_("reminded of the screening"), null=True, blank=True)
    screening_day = models.PositiveSmallIntegerField(
        _("day that asks for the screening"),
        null=True,
        blank=True,
        help_text=_("Of a runner whose course began before there was a screening."),
    )
    # Only of rows from before there were keys. No link of that format outlives 400 days.
    opens_numbered_links = models.BooleanField(_("opens numbered links"), default=False, editable=False)

    objects: ClassVar[EnrollmentManager] = EnrollmentManager()

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        constraints = [
            models.UniqueConstraint(
                fields=["runner", "program"],
                condition=models.Q(state__in=["pending", "screening", "active", "paused", "held"]),
                name="one_open_enrollment_each",
            ),
            models.CheckConstraint(
                condition=models.Q(next_due_at=None) | models.Q(state="active"),
                name="only_active_is_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_due_at"], condition=models.Q(next_due_at__isnull=False), name="enrollment_due"
            ),
            models.Index(
                fields=["created_at"], condition=models.Q(state="pending"), name="enrollment_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.runner} · {self.program}"

    @property
    def undo_ends_at(self) -> datetime:
        """Return when the undo of a leaving ends. Raises LookupError for a runner who has not left."""
        if self.left_at is None:
            raise LookupError(f"enrollment {self.pk} was not left")
        return self.left_at + self.UNDO_FOR

    @property
    def is_asked_for_screening(self) -> bool:
        """Return whether the questions before the course wait for an answer. A runner whose course began
        before there were any goes on meanwhile."""
        return self.state == self.State.SCREENING or self.screening_day is not None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Event(models.Model):
    """One event of an enrollment, kept for its timeline."""

    class Kind(models.TextChoices):
        SIGNED_UP = "signed_up", _("signed up")
        REMINDED = "reminded", _("reminded to confirm")
        CONFIRMED = "confirmed", _("confirmed")
        PAUSED = "paused", _("paused")
        UNREACHABLE = "unreachable", _("paused as unreachable")
        RESUMED = "resumed", _("resumed")
        RESCHEDULED = "rescheduled", _("changed the hour")
        COMPLETED = "completed", _("completed")
        WITHDRAWN = "withdrawn", _("left")
        RETURNED = "returned", _("came back")
        CHANGED = "changed", _("changed")
        CONSENT_GIVEN = "consented", _("gave a consent")
        CONSENT_TAKEN_BACK = "took_back", _("took a consent back")
        SCREENED = "screened", _("answered the questions before the course")
        HELD = "held", _("held")
        CLEARED = "cleared", _("hold cleared")
        UNHEEDED = "unheeded", _("escalation ended by itself")
        UNDONE = "undone", _("undid a pause")
        REMOVED = "removed", _("removed a check-in")
        PUT_BACK = "put_back", _("put a check-in back")
        READDRESSED = "readdressed", _("got another address")
        ERASE_ASKED = "erase_asked", _("asked to be erased")
        KEPT = "kept", _("took back the wish to be erased")

    class Actor(models.TextChoices):
        RUNNER = "runner", _("the runner")
        COACH = "coach", _("the coach")
        SYSTEM = "system", _("the system")

    class Detail(models.TextChoices):
        """More about the event; `detail_values` fill the sentence."""

        HOUR = "hour", "%(send_at)s %(time_zone)s"
        NAME = "name", _("The first name.")
        LINKS = "links", _("All earlier links were ended.")
        COMPLAINT = "complaint", _("The runner marked a mail as spam.")
        BAD_ADDRESS = "bad_address", _("The address refuses mail.")
        SOFT_BOUNCES = "soft_bounces", _("Three mails in a row came back.")
        MAIL_CONSENT = "mail", _("Email of the program.")
        HEALTH_CONSENT = "health", _("Keeping health data.")
        DAY = "day", _("Day %(day)s.")
        COURSE_OVER = "course_over", _("Nobody resolved it within 30 days after the course.")
        AS_WRITTEN = "as_written", "%(text)s"

    RESTARTS = (Kind.RESUMED, Kind.RETURNED, Kind.CLEARED)

    enrollment = models.ForeignKey(
        Enrollment, models.CASCADE, related_name="events", verbose_name=_("enrollment")
    )
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    actor = models.CharField(_("by"), max_length=10, choices=Actor)
    detail = models.CharField(_("detail"), max_length=20, choices=Detail, blank=True)
    detail_values = models.JSONField(_("values of the detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_actor_display()})"

    @property
    def says(self) -> str:
        """Return the detail in the reader's language, or an empty text."""
        return str(self.get_detail_display()) % self.detail_values if self.detail else ""


def log_event(
    enrollment: Enrollment,
    kind: Event.Kind,
    actor: Event.Actor,
    now: datetime,
    detail: Event.Detail | str = "",
    **values: str,
) -> Event:
    """Write one event of an enrollment; `values` fill the sentence of its detail."""
    return Event.objects.create(
        enrollment=enrollment, kind=kind, actor=actor, at=now, detail=detail, detail_values=values
    )
