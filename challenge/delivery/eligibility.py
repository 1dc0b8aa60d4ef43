"""Check again, at the moment of sending, whether a mail may leave and in which version."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from accounts.addresses import keyed_hash
from accounts.models import Consent
from challenge import schedule
from challenge.mail.greeting import Greetings, Notes
from challenge.models import Delivery, Enrollment, Escalation, Revision, Suppression
from challenge.models.conditions import among
from challenge.models.day import pick_revision
from challenge.models.delivery_reason import Reason as DeliveryReason
from challenge.models.mail_kinds import ABOUT_ESCALATIONS, MailKind, Priority

State, Reason = Enrollment.State, Delivery.Reason
LATE = timedelta(hours=1)
NO_TIME = timedelta(0)
# The reasons against a delivery, and its text, are never older than this.
FRESH_FOR = timedelta(seconds=1)

Key = tuple[int, str]
RevisionCache = dict[Key, Revision]
Pinned = tuple[int, int, datetime | None]


class Eligibility:
    """The state that the mails of a batch depend on, as of the last refresh.

    A refresh takes three statements for states, consents and suppressions, one more with each of a goodbye,
    mail about an escalation, and an answer to somebody who has left, one for the notes in lessons, and those
    of Revisions; `refreshes` counts them. Between two refreshes nothing is queried.
    """

    def __init__(self, batch: Sequence[Delivery], cache: RevisionCache) -> None:
        self._batch = batch
        self._revisions, self._greetings = Revisions(batch, cache), Greetings(batch)
        self._notes = Notes(batch)
        self._states: dict[int | None, str] = {}
        self._erasing: set[int | None] = set()
        self._agreed: set[int] = set()
        self._suppressed: set[str] = set()
        self._begun_again: set[tuple[int, int]] = set()
        self._heeded: set[UUID] = set()
        self._last_answers: set[UUID] = set()
        self._refreshed_at: datetime | None = None
        self.refreshes = 0
        for delivery in batch:
            delivery.address_hash = keyed_hash(delivery.to_address)

    def is_old(self, now: datetime) -> bool:
        """Return whether the last refresh is a second ago, or the clock has been set back since."""
        return self._refreshed_at is None or not NO_TIME <= now - self._refreshed_at < FRESH_FOR

    def refresh(self, now: datetime) -> None:
        """Query again, so that a runner who has just left gets no mail of a batch that began earlier."""
        enrollments = {delivery.enrollment_id for delivery in self._batch if delivery.enrollment_id}
        found = Enrollment.objects.filter(among("id", enrollments))
        rows = list(found.values_list("id", "state", "runner__erase_at", "left_out", "words_only"))
        self._states = {row[0]: row[1] for row in rows}
        self._erasing = {row[0] for row in rows if row[2]}
        self._bring_up_to_date({row[0]: (row[1], *row[3:]) for row in rows})
        agreed = Consent.objects.filter(
            among("user", {delivery.to_user.pk for delivery in self._batch}),
            purpose=Consent.Purpose.MAIL,
            given_at__isnull=False,
            withdrawn_at=None,
        )
        self._agreed = set(agreed.values_list("user_id", flat=True))
        hashes = {delivery.address_hash for delivery in self._batch}
        listed = Suppression.objects.filter(among("address_hash", hashes))
        self._suppressed = set(listed.values_list("address_hash", flat=True))
        last = [d.to_user.pk for d in self._batch if d.rules.needs_no_later_course]
        if last:
            again = Enrollment.objects.filter(runner__in=last, state__in=Enrollment.OPEN_STATES)
            self._begun_again = set(again.values_list("runner_id", "program_id"))
        if about := [delivery.pk for delivery in self._batch if delivery.kind in ABOUT_ESCALATIONS]:
            since = Q(escalation__state=Escalation.State.RESOLVED) | Q(
                escalation__acknowledged_at__gte=F("due_at")
            )
            heeded = Delivery.objects.filter(since, among("id", about))
            self._heeded = set(heeded.values_list("pk", flat=True))
        if left := self._left_and_answered():
            self._last_answers = _last_answers(left)
        self._revisions.refresh()
        self._notes.refresh()
        self._refreshed_at = now
        self.refreshes += 1

    def _left_and_answered(self) -> set[int]:
        """Return the enrollments of the batch's answers whose runners have left."""
        answered = {d.enrollment_id for d in self._batch if d.kind == Delivery.Kind.ANSWER}
        return {pk for pk in answered if pk and self._states.get(pk) == State.WITHDRAWN}

    def _bring_up_to_date(self, found: Mapping[int, tuple[str, list[str], bool]]) -> None:
        """Set what the mails compose from: nobody is asked to do what was left out a second ago."""
        for delivery in self._batch:
            enrollment = delivery.enrollment
            if enrollment is not None and enrollment.pk in found:
                enrollment.state, enrollment.left_out, enrollment.words_only = found[enrollment.pk]

    def reason_against(self, delivery: Delivery) -> tuple[DeliveryReason, dict[str, str]] | None:
        """Return why a delivery must not leave, and the values of that reason; None when it may."""
        rules, enrollment = delivery.rules, delivery.enrollment
        if delivery.address_hash in self._suppressed:
            return Reason.SUPPRESSED, {}
        if delivery.pk in self._heeded:
            return Reason.HEEDED, {}
        if enrollment is not None:
            state = self._states.get(delivery.enrollment_id)
            if state not in rules.states:
                return _wrong_state(rules, state)
            if self._is_answered(delivery, state):
                return Reason.LEFT, {}
            is_erasing = delivery.enrollment_id in self._erasing
            if is_erasing and rules.priority != Priority.WAITED_FOR:
                return Reason.ERASING, {}
            if delivery.kind == Delivery.Kind.ERASING and not is_erasing:
                return Reason.KEPT, {}
            course = enrollment.runner_id, enrollment.program_id
            if rules.needs_no_later_course and course in self._begun_again:
                return Reason.BEGUN_AGAIN, {}
        user = enrollment.runner_id if enrollment else delivery.recipient_id
        if rules.needs_consent and user not in self._agreed:
            return Reason.NO_CONSENT, {}
        return None

    def _is_answered(self, delivery: Delivery, state: str | None) -> bool:
        """Tell whether somebody who has left gets another answer than this, and no second one."""
        is_answer = delivery.kind == Delivery.Kind.ANSWER and state == State.WITHDRAWN
        return is_answer and delivery.pk not in self._last_answers

    def words(self, delivery: Delivery) -> tuple[Revision | None, str, bool]:
        """Return the revision and the greeting of a lesson, and whether it asks for the morning; none for
        other mail."""
        greetings = self._greetings
        return self._revisions.of(delivery), greetings.of(delivery), greetings.asks_for_morning(delivery)

    def note(self, delivery: Delivery) -> str:
        """Return the coach's note in a lesson, or an empty text."""
        return self._notes.of(delivery)


def _last_answers(enrollments: Collection[int]) -> set[UUID]:
    """Return the one answer that may still go to each of these, whose runners have left: the newest, unless
    another has gone since."""
    mails = Delivery.objects.filter(among("enrollment", enrollments), kind=Delivery.Kind.ANSWER)
    answered = mails.filter(sent_at__gte=F("enrollment__left_at")).values("enrollment")
    waiting = mails.filter(state__in=[*Delivery.WAITING, Delivery.State.SENDING])
    rows = waiting.exclude(enrollment__in=answered).order_by("due_at", "pk")
    return set(dict(rows.values_list("enrollment", "pk")).values())


def _wrong_state(rules: MailKind, state: str | None) -> tuple[DeliveryReason, dict[str, str]]:
    if rules.states == {State.PENDING}:
        return Reason.NOT_PENDING, {}
    if state in (State.WITHDRAWN, None):
        return Reason.LEFT, {}
    return Reason.WRONG_STATE, {"state": str(state)}


def is_closed(delivery: Delivery, now: datetime) -> bool:
    """Return whether a delivery may no longer leave; then the planner or close() handles it."""
    return delivery.closes_at is not None and delivery.closes_at <= now


def not_before(delivery: Delivery, now: datetime) -> datetime:
    """Return when a delivery may leave: at once, or by daylight when it is late. Lessons have windows of
    their own, which the planner opens."""
    if not delivery.rules.waits_for_daylight or now - delivery.due_at < LATE or not delivery.enrollment:
        return now
    return schedule.daylight(now, delivery.enrollment.zone)


class Revisions:
    """The revisions that the runners of a batch get: pinned at their start, unless published for all.

    A refresh takes one statement, and one more for texts that are not yet in the `cache`, which a sender
    keeps between batches. A recall counts from the next refresh on; a lesson that was being sent gets a
    correction (delivery.corrections).
    """

    def __init__(self, deliveries: Sequence[Delivery], cache: RevisionCache) -> None:
        self._pinned = {_pinned(delivery) for delivery in deliveries if delivery.kind == Delivery.Kind.LESSON}
        self._chosen: dict[Pinned, Key] = {}
        self._cache = cache

    def of(self, delivery: Delivery) -> Revision | None:
        """Return a lesson's revision; None for other mail and for a day that has none."""
        if delivery.kind != Delivery.Kind.LESSON:
            return None
        key = self._chosen.get(_pinned(delivery))
        return self._cache[key] if key else None

    def refresh(self) -> None:
        published = self._published()
        self._chosen = {
            pinned: (chosen.pk, chosen.digest)
            for pinned in self._pinned
            if (chosen := pick_revision(published[pinned[:2]], pinned[2]))
        }
        self._read(key for key in self._chosen.values() if key not in self._cache)

    def _published(self) -> dict[tuple[int, int], list[Revision]]:
        found = Revision.objects.filter(
            day__program__in={program for program, _day, _at in self._pinned},
            day__number__in={day for _program, day, _at in self._pinned},
            day__published__isnull=False,
        )
        published = defaultdict(list)
        for revision in found.select_related("day").only(
            "number", "published_at", "for_all", "digest", "day__number", "day__program_id"
        ):
            published[revision.day.program_id, revision.day.number].append(revision)
        return published

    def _read(self, keys: Iterable[Key]) -> None:
        """Read whole revisions; their texts never change under one digest."""
        wanted = dict(keys)
        if wanted:
            for revision in Revision.objects.defer("content").filter(pk__in=wanted):
                # A revision that has changed since the choice is still the chosen one.
                self._cache[revision.pk, wanted[revision.pk]] = revision


def _pinned(delivery: Delivery) -> Pinned:
    enrollment = delivery.required_enrollment
    return enrollment.program_id, delivery.day, enrollment.pinned_at
