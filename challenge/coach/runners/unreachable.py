"""The runners whom no mail reaches, and the reason: a state of its own beside the enrollment's. They are not
quiet: they never got a mail to answer."""

from collections.abc import Mapping

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from challenge.models import Enrollment, Event, Suppression

BAD_ADDRESS, BOUNCING = "address", "returned"
REASONS: Mapping[str, Promise] = {
    BAD_ADDRESS: gettext_lazy("the address refuses mail"),
    BOUNCING: gettext_lazy("three mails in a row came back"),
}

_suppressed = Suppression.objects.filter(runner=OuterRef("runner"))
_stops = Event.objects.filter(
    enrollment=OuterRef("pk"), kind__in=[Event.Kind.UNREACHABLE, Event.Kind.RESUMED, Event.Kind.READDRESSED]
)


def suppressed() -> Exists:
    return Exists(_suppressed)


def bad_address() -> Exists:
    return Exists(_suppressed.filter(reason=Suppression.Reason.BOUNCED))


def mails_bounce() -> Q:
    """Select enrollments that three bounces in a row have paused; since then neither resumed nor with another
    address."""
    last = Subquery(_stops.order_by("-at", "-pk").values("kind")[:1])
    return Q(Exact(last, Value(Event.Kind.UNREACHABLE.value)), state=Enrollment.State.PAUSED)


def unreachable() -> Q:
    return Q(bad_address()) | mails_bounce()


def reason() -> Case:
    """Return a key of REASONS; empty when mail reaches the runner."""
    return Case(
        When(bad_address(), then=Value(BAD_ADDRESS)),
        When(mails_bounce(), then=Value(BOUNCING)),
        default=Value(""),
        output_field=CharField(),
    )
