"""The day strip: a cell for each program day, with a sign, a colour and a label."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenge.models import CheckIn, Delivery, Enrollment
from challenge.models.delivery_event import last_is_bounce


@dataclass(frozen=True)
class Sign:
    name: str
    mark: str
    label: Promise


DONE = Sign("done", "✓", gettext_lazy("done"))
PARTLY = Sign("partly", "½", gettext_lazy("partly"))
NOT_TODAY = Sign("not-today", "○", gettext_lazy("not today"))
RETURNED = Sign("returned", "↩", gettext_lazy("came back"))
SILENT = Sign("silent", "?", gettext_lazy("sent, no check-in"))
TROUBLE = Sign("trouble", "!", gettext_lazy("failed or held back"))
HELD = Sign("held", "‖", gettext_lazy("held for safety"))
WAITING = Sign("waiting", "…", gettext_lazy("on its way"))
AHEAD = Sign("ahead", "·", gettext_lazy("not sent"))
SIGNS = (DONE, PARTLY, NOT_TODAY, SILENT, RETURNED, TROUBLE, HELD, WAITING, AHEAD)

_REPORTED = {
    CheckIn.Status.DONE.value: DONE,
    CheckIn.Status.PARTLY.value: PARTLY,
    CheckIn.Status.NOT_TODAY.value: NOT_TODAY,
}
_STOPPED = (Delivery.State.FAILED, Delivery.State.WITHHELD)


def day_signs(
    length: int, deliveries: Iterable[Delivery], check_ins: Iterable[CheckIn]
) -> list[tuple[int, Sign]]:
    """Return every program day with its sign. A check-in goes before the state of the lesson."""
    signs: dict[int, Sign] = {}
    lessons = [delivery for delivery in deliveries if delivery.kind == Delivery.Kind.LESSON]
    for lesson in lessons:
        if lesson.state not in _STOPPED:
            signs.setdefault(lesson.day, WAITING)
        else:
            signs[lesson.day] = HELD if lesson.reason == Delivery.Reason.HELD else TROUBLE
    sent = [lesson for lesson in lessons if lesson.sent_at]
    signs |= {lesson.day: RETURNED if last_is_bounce(lesson) else SILENT for lesson in sent}
    signs |= {told.day: _REPORTED[told.status] for told in check_ins if told.status}
    return [(day, signs.get(day, AHEAD)) for day in range(1, length + 1)]


def spoken(signs: list[tuple[int, Sign]]) -> str:
    """Word the strip for screen readers; consecutive days of one kind are named together."""
    runs = []
    for sign, group in groupby(signs, key=lambda cell: cell[1]):
        days = [day for day, _sign in group]
        named = ngettext("day %(first)d", "days %(first)d to %(last)d", len(days)) % {
            "first": days[0],
            "last": days[-1],
        }
        runs.append(f"{named} {sign.label}")
    return "; ".join(runs)


def render(enrollment: Enrollment) -> SafeString:
    """Render the strip of an enrollment whose deliveries and check-ins are loaded."""
    signs = day_signs(enrollment.program.length, enrollment.deliveries.all(), enrollment.check_ins.all())
    boxes = format_html_join(
        "",
        '<span class="cell cell-{}" title="{}">{}</span>',
        (
            (sign.name, _("Day %(day)d: %(state)s") % {"day": day, "state": sign.label}, sign.mark)
            for day, sign in signs
        ),
    )
    return format_html('<span class="strip" role="img" aria-label="{}">{}</span>', spoken(signs), boxes)


def legend() -> SafeString:
    items = format_html_join(
        "",
        '<li><span class="cell cell-{}" aria-hidden="true">{}</span> {}</li>',
        ((sign.name, sign.mark, sign.label) for sign in SIGNS),
    )
    return format_html('<ul class="strip-legend">{}</ul>', items)
