"""The reason why a lesson that is due has not left."""

from collections.abc import Callable
from datetime import datetime

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenge.delivery.recording import deferrals
from challenge.models import Attempt, Delivery
from challenge.models.attempt import Outcome, OwnAnswer, Phase


def delay_reason(lesson: Delivery, at: Callable[[datetime], str]) -> str:
    """Word the reason and the time of the next try in one sentence; `at` formats an instant."""
    values = {
        "day": lesson.day,
        "since": at(lesson.due_at),
        "domain": lesson.domain,
        "next": at(lesson.try_at),
    }
    if not lesson.attempts:
        return _("Day %(day)d has been due since %(since)s and waits for its turn.") % values
    last_try = lesson.attempts[-1]
    count = deferrals(lesson.attempts, lesson.due_at)
    values |= {"answer": _answer(last_try), "count": max(1, count)}
    match last_try["outcome"], last_try["phase"]:
        case Outcome.DEFERRED, Phase.COMPOSE:
            return _("Day %(day)d could not be written (%(answer)s); next try at %(next)s.") % values
        case Outcome.DEFERRED, _phase:
            text = ngettext(
                "The server of %(domain)s put day %(day)d off once: %(answer)s; next try at %(next)s.",
                "The server of %(domain)s put day %(day)d off %(count)d times, last with: %(answer)s; "
                "next try at %(next)s.",
                count,
            )
            return text % values
        case Outcome.UNCERTAIN, _phase:
            text = _("Day %(day)d may have arrived: nobody confirmed it; it goes again at %(next)s.")
            return text % values
    text = _("The mail server took nothing (%(answer)s); next try of day %(day)d at %(next)s.")
    return text % values


def _answer(attempt: Attempt) -> str:
    code = f"{attempt['code']} " if attempt["code"] else ""
    return Truncator(f"{code}{' '.join(OwnAnswer.in_words(attempt['answer']).split())}").chars(120)
