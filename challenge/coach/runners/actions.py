"""What the coach may do to enrollments: the same functions that the runner's own pages call, for one
or many at a time, with an account of what was done, what was not, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenge.enrollment import transitions
from challenge.models import Delivery, Enrollment, Event

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

State, COACH = Enrollment.State, Event.Actor.COACH


@dataclass(frozen=True)
class Move:
    """One thing to do. `question` is set where the coach is asked first, `states` are the ones that
    it starts from, `done` is what it is called afterwards."""

    name: str
    label: "_StrPromise"
    done: "_StrPromise"
    states: frozenset[str]
    run: Callable[[int, datetime], bool]
    question: "_StrPromise | None" = None
    sends: bool = False


@dataclass
class Account:
    """What became of a move: who it was done to, and who not with the reason."""

    did: list[Enrollment] = field(default_factory=list)
    refused: list[tuple[Enrollment, str]] = field(default_factory=list)


PAUSE = Move(
    name="pause",
    label=gettext_lazy("Pause"),
    done=gettext_lazy("Paused"),
    states=frozenset({State.ACTIVE}),
    run=lambda pk, now: transitions.pause(pk, transitions.PauseCause.COACH, now),
)
RESUME = Move(
    name="resume",
    label=gettext_lazy("Resume"),
    done=gettext_lazy("Resumed"),
    states=frozenset({State.PAUSED}),
    run=lambda pk, now: transitions.resume(pk, COACH, now),
)
WITHDRAW = Move(
    name="withdraw",
    label=gettext_lazy("Withdraw"),
    done=gettext_lazy("Withdrawn"),
    states=frozenset(set(State) - {State.WITHDRAWN}),
    run=lambda pk, now: transitions.leave(pk, COACH, now),
    question=gettext_lazy("Withdraw these runners? Nothing more is sent to them, and it can't be undone."),
)
SEND_AGAIN = Move(
    name="send_again",
    label=gettext_lazy("Send the latest lesson again"),
    done=gettext_lazy("Queued once more"),
    states=frozenset({State.ACTIVE}),
    run=lambda pk, now: transitions.send_again(pk, now) is not None,
    question=gettext_lazy(
        "Send these lessons again? Each runner gets one more copy; where it is night, in the morning."
    ),
    sends=True,
)
MOVES = {move.name: move for move in (PAUSE, RESUME, SEND_AGAIN, WITHDRAW)}


def make(move: Move, enrollments: Sequence[Enrollment], now: datetime) -> Account:
    """Do a move to each enrollment by itself: one that can't be moved holds no other up."""
    account = Account()
    refused = []
    for enrollment in enrollments:
        if move.run(enrollment.pk, now):
            account.did.append(enrollment)
        else:
            refused.append(enrollment)
    reasons = obstacles(move, refused)
    fallback = _("it has changed meanwhile")
    account.refused = [(each, reasons.get(each.pk) or fallback) for each in refused]
    return account


def obstacles(move: Move, enrollments: Sequence[Enrollment]) -> dict[int, str]:
    """Why each enrollment can't be moved, as it stands now; those that can are left out."""
    ids = [enrollment.pk for enrollment in enrollments]
    states = dict(Enrollment.objects.filter(pk__in=ids).values_list("pk", "state"))
    found = {
        pk: _("is %(state)s") % {"state": State(state).label}
        for pk, state in states.items()
        if state not in move.states
    }
    return {**_unsendable(ids), **found} if move.sends else found


def latest_sent(ids: Sequence[int]) -> dict[int, int]:
    """The program day that each enrollment would get again."""
    lessons = Delivery.objects.filter(
        enrollment__in=ids, kind=Delivery.Kind.LESSON, copy=0, state=Delivery.State.SENT
    )
    return dict(lessons.order_by("day").values_list("enrollment_id", "day"))


def _unsendable(ids: Sequence[int]) -> dict[int, str]:
    days = latest_sent(ids)
    moving = Delivery.objects.filter(
        enrollment__in=ids,
        kind=Delivery.Kind.LESSON,
        state__in=[*Delivery.WAITING, Delivery.State.SENDING],
    )
    on_its_way = set(moving.values_list("enrollment_id", "day"))
    found = {pk: _("no lesson was sent yet") for pk in ids if pk not in days}
    for pk, day in days.items():
        if (pk, day) in on_its_way:
            found[pk] = _("day %(day)d is on its way already") % {"day": day}
    return found


def in_words(move: Move, account: Account) -> tuple[str, str]:
    """The account in two sentences, either of them empty: what was done, and what was not."""
    did, refused = "", ""
    if account.did:
        did = _("%(done)s: %(who)s.") % {"done": move.done, "who": _some([who(each) for each in account.did])}
    if account.refused:
        said = [f"{who(each)} ({reason})" for each, reason in account.refused]
        refused = _("%(label)s, not done: %(who)s.") % {"label": move.label, "who": _some(said)}
    return did, refused


def who(enrollment: Enrollment) -> str:
    runner = enrollment.runner
    return f"{runner.first_name} <{runner.email}>" if runner.first_name else runner.email


def _some(names: list[str], most: int = 10) -> str:
    shown = ", ".join(names[:most])
    rest = len(names) - most
    if rest <= 0:
        return shown
    return ngettext("%(shown)s and %(rest)d more", "%(shown)s and %(rest)d more", rest) % {
        "shown": shown,
        "rest": rest,
    }
