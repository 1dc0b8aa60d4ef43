"""A lesson that is due and has not left: what keeps it, in a sentence."""

from collections.abc import Callable
from datetime import datetime

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenge.delivery.backoff import tries
from challenge.models import Attempt, Delivery
from challenge.models.attempt import Outcome, Phase


def waits(lesson: Delivery, at: Callable[[datetime], str]) -> str:
    """What keeps it, and when it is tried next; `at` words an instant."""
    told = {
        "day": lesson.day,
        "since": at(lesson.due_at),
        "domain": lesson.domain,
        "next": at(lesson.try_at),
    }
    if not lesson.attempts:
        return _("Day %(day)d has been due since %(since)s and waits for its turn.") % told
    last_try = lesson.attempts[-1]
    count = tries(lesson.attempts, lesson.due_at)
    told |= {"answer": _answer(last_try), "count": max(1, count)}
    match last_try["outcome"], last_try["phase"]:
        case Outcome.DEFERRED, Phase.COMPOSE:
            return _("Day %(day)d could not be written (%(answer)s); next try at %(next)s.") % told
        case Outcome.DEFERRED, _phase:
            said = ngettext(
                "The server of %(domain)s put day %(day)d off once: %(answer)s; next try at %(next)s.",
                "The server of %(domain)s put day %(day)d off %(count)d times, last with: %(answer)s; "
                "next try at %(next)s.",
                count,
            )
            return said % told
        case Outcome.UNCERTAIN, _phase:
            said = _("Day %(day)d may have arrived: nobody confirmed it; it goes again at %(next)s.")
            return said % told
    said = _("The mail server took nothing (%(answer)s); next try of day %(day)d at %(next)s.")
    return said % told


def _answer(attempt: Attempt) -> str:
    """What the server said, shortened to a line."""
    code = f"{attempt['code']} " if attempt["code"] else ""
    return Truncator(f"{code}{' '.join(attempt['answer'].split())}").chars(120)
