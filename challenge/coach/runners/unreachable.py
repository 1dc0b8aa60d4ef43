"""Who can't be reached by mail, and why: a state of its own beside the enrollment's, as she has not gone
quiet. She never got what she would answer."""

from collections.abc import Mapping

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from challenge.models import Enrollment, Event, Suppression

BAD_ADDRESS, COME_BACK = "address", "returned"
WHY: Mapping[str, Promise] = {
    BAD_ADDRESS: gettext_lazy("the address refuses mail"),
    COME_BACK: gettext_lazy("three mails in a row came back"),
}

_suppressed = Suppression.objects.filter(runner=OuterRef("runner"))
_stops = Event.objects.filter(
    enrollment=OuterRef("pk"), kind__in=[Event.Kind.UNREACHABLE, Event.Kind.RESUMED]
)


def suppressed() -> Exists:
    """Her address is never written to, for whatever reason."""
    return Exists(_suppressed)


def bad_address() -> Exists:
    return Exists(_suppressed.filter(reason=Suppression.Reason.BOUNCED))


def mails_come_back() -> Q:
    """Paused because nothing arrived, and not resumed since."""
    last = Subquery(_stops.order_by("-at", "-pk").values("kind")[:1])
    return Q(Exact(last, Value(Event.Kind.UNREACHABLE.value)), state=Enrollment.State.PAUSED)


def unreachable() -> Q:
    return Q(bad_address()) | mails_come_back()


def why() -> Case:
    """Why she is unreachable, a key of WHY; empty when she can be reached."""
    return Case(
        When(bad_address(), then=Value(BAD_ADDRESS)),
        When(mails_come_back(), then=Value(COME_BACK)),
        default=Value(""),
        output_field=CharField(),
    )
