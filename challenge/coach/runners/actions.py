"""The coach's actions on one or many enrollments. They call the same functions as the runner's own pages, and
report the results with reasons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Consent
from challenge.coach.history import LoggedAction
from challenge.coach.wording import runner_label
from challenge.enrollment import transitions
from challenge.enrollment.consents import take_back_health
from challenge.enrollment.leaving import leave
from challenge.models import Delivery, Enrollment, Event

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

State, COACH = Enrollment.State, Event.Actor.COACH


@dataclass(frozen=True)
class Action:
    """`question` is set for an action that needs a confirmation, `states` are the enrollment's states that
    allow it, `done` is its name afterwards."""

    name: str
    label: "_StrPromise"
    done: LoggedAction
    states: frozenset[str]
    run: Callable[[int, datetime], bool]
    question: "_StrPromise | None" = None
    sends: bool = False
    wants_health_consent: bool = False


@dataclass
class ActionResult:
    done_for: list[Enrollment] = field(default_factory=list)
    refused_for: list[tuple[Enrollment, str]] = field(default_factory=list)


PAUSE = Action(
    name="pause",
    label=gettext_lazy("Pause"),
    done=LoggedAction.PAUSED,
    states=frozenset({State.ACTIVE}),
    run=lambda pk, now: transitions.pause(pk, transitions.PauseCause.COACH, now),
)
RESUME = Action(
    name="resume",
    label=gettext_lazy("Resume"),
    done=LoggedAction.RESUMED,
    states=frozenset({State.PAUSED}),
    run=lambda pk, now: transitions.resume(pk, COACH, now),
)
WITHDRAW = Action(
    name="withdraw",
    label=gettext_lazy("Withdraw"),
    done=LoggedAction.WITHDRAWN,
    states=frozenset(set(State) - {State.WITHDRAWN}),
    run=lambda pk, now: leave(pk, COACH, now),
    question=gettext_lazy("Withdraw these runners? Nothing more is sent to them, and it can't be undone."),
)
SEND_AGAIN = Action(
    name="send_again",
    label=gettext_lazy("Send the latest lesson again"),
    done=LoggedAction.QUEUED_AGAIN,
    states=frozenset({State.ACTIVE}),
    run=lambda pk, now: transitions.send_again(pk, now) is not None,
    question=gettext_lazy(
        "Send these lessons again? Each runner gets one more copy; where it is night, in the morning."
    ),
    sends=True,
)
TAKE_BACK_HEALTH = Action(
    name="take_back_health",
    label=gettext_lazy("Take back the consent to health data"),
    done=LoggedAction.HEALTH_TAKEN_BACK,
    states=frozenset(State),
    run=lambda pk, now: take_back_health(pk, COACH, now),
    question=gettext_lazy(
        "Did these runners say that they take their consent back? Tightness, pain, places and notes are "
        "erased at once, and it can't be undone."
    ),
    wants_health_consent=True,
)
ACTIONS = {action.name: action for action in (PAUSE, RESUME, SEND_AGAIN, WITHDRAW, TAKE_BACK_HEALTH)}


def run(action: Action, enrollments: Sequence[Enrollment], now: datetime) -> ActionResult:
    """Run an action on each enrollment on its own: a refused one does not stop the others."""
    result = ActionResult()
    refused = []
    for enrollment in enrollments:
        if action.run(enrollment.pk, now):
            result.done_for.append(enrollment)
        else:
            refused.append(enrollment)
    reasons = reasons_against(action, refused)
    fallback = _("it has changed meanwhile")
    result.refused_for = [(each, reasons.get(each.pk) or fallback) for each in refused]
    return result


def reasons_against(action: Action, enrollments: Sequence[Enrollment]) -> dict[int, str]:
    """Return the reason against the action for each enrollment that has one now."""
    ids = [enrollment.pk for enrollment in enrollments]
    states = dict(Enrollment.objects.filter(pk__in=ids).values_list("pk", "state"))
    found = {
        pk: _("is %(state)s") % {"state": State(state).label}
        for pk, state in states.items()
        if state not in action.states
    }
    if action.wants_health_consent:
        found |= _without_health_consent(ids)
    return {**_unsendable(ids), **found} if action.sends else found


def _without_health_consent(ids: Sequence[int]) -> dict[int, str]:
    standing = Consent.objects.filter(
        user=OuterRef("runner"),
        purpose=Consent.Purpose.HEALTH,
        given_at__isnull=False,
        withdrawn_at=None,
    )
    without = Enrollment.objects.filter(~Exists(standing), pk__in=ids)
    return {pk: _("there is no consent to health data") for pk in without.values_list("pk", flat=True)}


def latest_sent(ids: Sequence[int]) -> dict[int, int]:
    """Return the day that each enrollment would get again."""
    lessons = Delivery.objects.filter(
        enrollment__in=ids, kind=Delivery.Kind.LESSON, copy=0, state=Delivery.State.SENT
    )
    return dict(lessons.order_by("day").values_list("enrollment_id", "day"))


def _unsendable(ids: Sequence[int]) -> dict[int, str]:
    days = latest_sent(ids)
    waiting = Delivery.objects.filter(
        enrollment__in=ids,
        kind=Delivery.Kind.LESSON,
        state__in=[*Delivery.WAITING, Delivery.State.SENDING],
    )
    on_its_way = set(waiting.values_list("enrollment_id", "day"))
    found = {pk: _("no lesson was sent yet") for pk in ids if pk not in days}
    for pk, day in days.items():
        if (pk, day) in on_its_way:
            found[pk] = _("day %(day)d is on its way already") % {"day": day}
    return found


def describe(action: Action, result: ActionResult) -> tuple[str, str]:
    """Return two sentences: the enrollments done and those refused. Either may be empty."""
    done, refused = "", ""
    if result.done_for:
        done = _("%(done)s: %(who)s.") % {
            "done": action.done.label,
            "who": _some([runner_label(each) for each in result.done_for]),
        }
    if result.refused_for:
        names = [f"{runner_label(each)} ({reason})" for each, reason in result.refused_for]
        refused = _("%(label)s, not done: %(who)s.") % {"label": action.label, "who": _some(names)}
    return done, refused


def _some(names: list[str], most: int = 10) -> str:
    shown = ", ".join(names[:most])
    rest = len(names) - most
    if rest <= 0:
        return shown
    return ngettext("%(shown)s and %(rest)d more", "%(shown)s and %(rest)d more", rest) % {
        "shown": shown,
        "rest": rest,
    }
