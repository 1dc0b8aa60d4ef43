"""The address of every page that needs no login."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from challenge.checkins.earlier import remove
from challenge.checkins.record import CheckInData, record
from challenge.conversation.answers import answer, publish
from challenge.conversation.messages import record_message
from challenge.enrollment import address_change, transitions
from challenge.enrollment.confirm import Confirmation, confirm
from challenge.enrollment.erasing import request_erasing
from challenge.enrollment.holding import hold
from challenge.enrollment.leaving import leave
from challenge.enrollment.sign_up import SignUpData, sign_up
from challenge.mail.links import Purpose, address_url, take_care_url, token, url
from challenge.models import AddressChange, Cohort, Enrollment, Escalation, Event, Program, Stretch
from challenge.safety import answering
from challenge.safety.escalations import acknowledge, resolve
from tests.support.holds import PAIN, RISING

DAY = timedelta(days=1)
NAMES = ("Ava", "Shay", "Hana", "Paula", "Penny", "Gwen", "Walt", "Esme", "Hope", "Wim", "Cole")
NAMES += ("Uma", "Silas", "Sol", "Lou")
UNSCREENED = ("Uma", "Silas", "Sol")


class Page(NamedTuple):
    address: str
    status: int = 200


@dataclass(frozen=True)
class Cast:
    """The first four have just got day 1. Shy keeps no health data; hurt has checked in with pain, and again;
    paused has removed a check-in. Gone has left; withdrawn has been by the coach; erasing waits for it. Held
    is held, gentle gets lessons without exercise, and coachs is paused by the coach. Unscreened and silent
    have not answered the questions, and silent keeps no health data; stopped has. Lapsed has left after
    day 1, with a movement left out and a question that waits."""

    active: Enrollment
    shy: Enrollment
    hurt: Enrollment
    paused: Enrollment
    pending: Enrollment
    gone: Enrollment
    withdrawn: Enrollment
    erasing: Enrollment
    held: Enrollment
    gentle: Enrollment
    coachs: Enrollment
    unscreened: Enrollment
    silent: Enrollment
    stopped: Enrollment
    lapsed: Enrollment


def cast(program: Program, go: Callable[[datetime], None], now: datetime) -> Cast:
    """Make a runner in each state, by the transitions that lead there."""
    found = []
    for name in NAMES:
        email = f"{name.lower()}@example.org"
        wish = SignUpData(email, name, program, now.date(), time(7), "Europe/London")
        sign_up(wish, "192.0.2.2", now)
        enrollment = Enrollment.objects.get(runner__email=email)
        if name != "Penny":
            is_shy = name in ("Shay", "Silas")
            confirm(enrollment.pk, Confirmation.unchanged(enrollment, health=not is_shy), now)
            if name not in UNSCREENED:
                answering.answer(enrollment.pk, [], now)
        found.append(enrollment)
    people = Cast(*found)
    answering.answer(people.stopped.pk, ["bone_stress"], now)
    answering.answer(people.lapsed.pk, ["hernia"], now)
    leave(people.gone.pk, Event.Actor.RUNNER, now)
    leave(people.withdrawn.pk, Event.Actor.COACH, now)
    people.active.refresh_from_db()
    assert people.active.next_due_at
    go(max(now, people.active.next_due_at))
    record(people.hurt.pk, 1, CheckInData("partly", tightness=7, pain=8, pain_where="groin"), now)
    record(people.hurt.pk, 1, CheckInData("not_today"), now)
    record(people.paused.pk, 1, CheckInData("done", tightness=3), now)
    remove(people.paused.pk, 1, now)
    request_erasing(people.erasing.runner_id, now)
    coach = User.objects.create_user("sam@example.org", first_name="Sam", is_staff=True)
    asked = record_message(people.hurt.pk, 1, "Is it normal that the left side is tighter?", now)
    said = answer(asked.pk, coach, "Yes, most of us have one.\nBegin with that side, Hana.", now)
    publish(said.pk, "Is one side tighter?\n\nMost of us have one. Begin with that side.", coach, now)
    record_message(people.lapsed.pk, 1, "Is it the left leg first?", now)
    leave(people.lapsed.pk, Event.Actor.RUNNER, now)
    people.lapsed.refresh_from_db()
    transitions.pause(people.paused.pk, transitions.PauseCause.RUNNER, now)
    transitions.pause(people.coachs.pk, transitions.PauseCause.COACH, now)
    for held, danger in ((people.held, PAIN), (people.gentle, RISING)):
        hold(held.pk, danger, Event.Actor.SYSTEM, now)
        held.refresh_from_db()
    address_change.ask(people.active.pk, "ava@example.net", now)
    address_change.ask(people.paused.pk, "paula@example.net", now)
    address_change.confirm(AddressChange.objects.get(user=people.paused.runner_id).pk, now)
    people.paused.refresh_from_db()
    Cohort.objects.create(program=program, slug="spring", name="Spring group", starts_on=now.date() + DAY)
    return people


def every_page(people: Cast, now: datetime) -> dict[str, Page]:
    """Return every page in each of its states, by what it shows."""
    return _public_pages() | _runners_pages(people, now) | _trouble(people, now)


def _public_pages() -> dict[str, Page]:
    def page(name: str, *arguments: str, query: str = "", status: int = 200) -> Page:
        return Page(settings.SITE_URL + reverse(name, args=arguments) + query, status)

    stretches = Stretch.objects.filter(kind=Stretch.Kind.STRETCH)
    recalled = stretches.filter(recalled_at__isnull=False)
    plain = ("sign-up", "sent", "links", "library", "faq", "about", "sample-day", "privacy")
    return {
        **{name: page(name) for name in plain},
        "join": page("join", "spring"),
        "library-found": page("library", query="?words=hip&minutes=4"),
        "library-nothing-found": page("library", query="?words=zzzz"),
        **{f"stretch-{s.slug}": page("stretch", s.slug) for s in stretches.filter(recalled_at=None)},
        **{f"recalled-{s.slug}": page("stretch", s.slug, status=410) for s in recalled},
    }


def _runners_pages(people: Cast, now: datetime) -> dict[str, Page]:
    def page(purpose: Purpose, who: Enrollment, *day: int, choice: str = "", query: str = "") -> Page:
        return Page(url(purpose, now, who, *day, choice=choice) + query)

    return {
        "confirm": page(Purpose.CONFIRM, people.pending),
        "confirmed": page(Purpose.CONFIRM, people.active),
        "screening": page(Purpose.SCREENING, people.unscreened),
        "screening-list": page(Purpose.SCREENING, people.silent),
        "screening-answered": page(Purpose.SCREENING, people.active),
        "screening-stopped": page(Purpose.SCREENING, people.stopped),
        "nothing-to-pause-unscreened": page(Purpose.PAUSE, people.unscreened),
        "check-in": page(Purpose.CHECK_IN, people.active, 1, choice="not_today"),
        "check-in-nothing-proposed": page(Purpose.CHECK_IN, people.shy, 1),
        "check-in-morning": page(Purpose.CHECK_IN, people.active, 1, choice="worse"),
        "check-in-saved": page(Purpose.CHECK_IN, people.hurt, 1),
        "check-in-removed": page(Purpose.CHECK_IN, people.paused, 1, query="?removed"),
        "hour": page(Purpose.HOUR, people.active),
        "hour-saved": page(Purpose.HOUR, people.active, query="?saved"),
        "hour-in-a-pause": page(Purpose.HOUR, people.paused),
        "leave": page(Purpose.LEAVE, people.active),
        "left": page(Purpose.LEAVE, people.gone),
        "left-for-good": page(Purpose.LEAVE, people.withdrawn),
        "back": page(Purpose.LEAVE, people.active, query="?saved"),
        "back-in-a-pause": page(Purpose.LEAVE, people.paused, query="?saved"),
        "forget": page(Purpose.LEAVE, people.pending),
        "pause": page(Purpose.PAUSE, people.active),
        "resume": page(Purpose.PAUSE, people.paused),
        "pause-by-coach": page(Purpose.PAUSE, people.coachs),
        "pause-without-exercise": page(Purpose.PAUSE, people.gentle),
        "pause-on-hold": page(Purpose.PAUSE, people.held),
        "hour-on-hold": page(Purpose.HOUR, people.held),
        "leave-on-hold": page(Purpose.LEAVE, people.held),
        "back-on-hold": page(Purpose.LEAVE, people.held, query="?saved"),
        "confirmed-on-hold": page(Purpose.CONFIRM, people.held),
        "check-in-on-hold": page(Purpose.CHECK_IN, people.held, 1),
        "day-on-hold": page(Purpose.DAY, people.held, 1),
        "keep": page(Purpose.KEEP, people.erasing),
        "kept": page(Purpose.KEEP, people.active, query="?saved"),
        "nothing-to-keep": page(Purpose.KEEP, people.active),
        **_own_pages(people, now),
        **_second_contacts_pages(people, now),
        "day": page(Purpose.DAY, people.active, 1),
        "day-asked": page(Purpose.DAY, people.active, 1, query="?asked"),
        "day-left": page(Purpose.DAY, people.lapsed, 1),
    }


def _own_pages(people: Cast, now: datetime) -> dict[str, Page]:
    def page(who: Enrollment, part: str = "", query: str = "") -> Page:
        return Page(url(Purpose.OWN_PAGE, now, who, choice=part) + query)

    asked, confirmed = (
        AddressChange.objects.get(user=who.runner_id) for who in (people.active, people.paused)
    )
    return {
        "own-page": page(people.active),
        "own-page-changed": page(people.shy, query="?done=hour"),
        "own-page-paused": page(people.paused, query="?done=pause"),
        "own-page-on-hold": page(people.held),
        "own-page-erasing": page(people.erasing),
        "own-page-thread": page(people.hurt),
        "own-page-left": page(people.gone),
        "own-page-unscreened": page(people.unscreened),
        "own-page-left-out": page(people.lapsed),
        **{f"own-page-{part}": page(people.hurt, part) for part in ("told", "everything", "health")},
        **{f"own-page-{part}": page(people.active, part) for part in ("links", "erase")},
        "address": Page(address_url(Purpose.ADDRESS, asked)),
        "address-undo": Page(address_url(Purpose.ADDRESS_UNDO, confirmed)),
        "address-done": Page(address_url(Purpose.ADDRESS, confirmed)),
    }


def _second_contacts_pages(people: Cast, now: datetime) -> dict[str, Page]:
    """Show an escalation that is open, and two that the second contact and a coach take care of."""
    needs = [Escalation.objects.open(people.hurt, now) for _number in range(3)]
    opened, mine, resolved = (take_care_url(escalation, now) for escalation in needs)
    acknowledge(needs[1].pk, None, now)
    resolve(needs[2].pk, None, now)
    return {
        "take-care": Page(opened),
        "take-care-thanks": Page(f"{mine}?mine"),
        "take-care-late": Page(f"{mine}?late"),
        "take-care-resolved": Page(resolved),
    }


def _trouble(people: Cast, now: datetime) -> dict[str, Page]:
    expired = token(Purpose.CHECK_IN, now - 12 * DAY, people.active, 1)
    return {
        "not-found": Page(f"{settings.SITE_URL}/nowhere/", 404),
        "altered": Page(f"{settings.SITE_URL}/hour/{expired}/", 404),
        "expired": Page(f"{settings.SITE_URL}/check-in/{expired}/", 410),
        "ended": Page(url(Purpose.HOUR, now, Enrollment()), 410),
        "address-ended": Page(address_url(Purpose.ADDRESS, AddressChange(asked_at=now)), 410),
        "take-care-ended": Page(take_care_url(Escalation(), now), 410),
        "gone": Page(url(Purpose.HOUR, now, people.gone), 410),
        "sign-up-deleted": Page(url(Purpose.CONFIRM, now - 7 * DAY, Enrollment()), 410),
        "sign-up-ended": Page(url(Purpose.CONFIRM, now, Enrollment()), 410),
        "check-in-closed": Page(url(Purpose.CHECK_IN, now, people.active, 2), 410),
        "day-not-sent": Page(url(Purpose.DAY, now, people.active, 2), 410),
    }
