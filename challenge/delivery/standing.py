"""Whether a runner may still be written to, asked again at the moment of sending."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.models import Consent
from challenge.models import Delivery, Enrollment, Suppression
from challenge.models.conditions import among

State, Kind = Enrollment.State, Delivery.Kind
# Mail that says where a runner stands goes out only while she stands there.
MOMENTS: dict[str, Enrollment.State] = {
    Kind.LESSON: State.ACTIVE,
    Kind.RESUMED: State.ACTIVE,
    Kind.PAUSED: State.PAUSED,
    Kind.SUMMARY: State.COMPLETED,
    Kind.GOODBYE: State.COMPLETED,
}


class Standing:
    """What stands against the deliveries of a batch, as of the last look.

    Three statements for a look, four with a goodbye, however many deliveries.
    """

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        self._deliveries = deliveries
        self._states: dict[int, str] = {}
        self._agreed: set[int] = set()
        self._hashes = {d.enrollment.runner_id: d.enrollment.runner.address_hash for d in deliveries}
        self._suppressed: set[int] = set()
        self._began_again: set[tuple[int, int]] = set()

    def against(self, delivery: Delivery) -> str:
        """Why a delivery must not leave, in a sentence, or an empty text."""
        runner = delivery.enrollment.runner
        state = self._states.get(delivery.enrollment_id)
        if runner.pk in self._suppressed:
            return _("The address is suppressed.")
        if delivery.kind in (Kind.CONFIRMATION, Kind.REMINDER):
            return "" if state == State.PENDING else _("The sign-up is not waiting to be confirmed.")
        if state == State.WITHDRAWN or state is None:
            return _("The runner has left.")
        if (expected := MOMENTS.get(delivery.kind)) and state != expected:
            return _("The enrollment was %(state)s.") % {"state": State(state).label}
        if delivery.kind == Kind.GOODBYE and (runner.pk, delivery.enrollment.program_id) in self._began_again:
            return _("She has begun again.")
        if state != State.PENDING and runner.pk not in self._agreed:
            return _("There is no consent to mail.")
        return ""

    def look(self) -> None:
        """Ask again: nobody who has just left is written to because her batch began earlier."""
        enrollments = {delivery.enrollment_id for delivery in self._deliveries}
        self._states = dict(Enrollment.objects.filter(among("id", enrollments)).values_list("id", "state"))
        self._agreed = set(
            Consent.objects.filter(
                among("user", self._hashes),
                purpose=Consent.Purpose.MAIL,
                given_at__isnull=False,
                withdrawn_at=None,
            ).values_list("user_id", flat=True)
        )
        listed = Suppression.objects.filter(among("address_hash", self._hashes.values()))
        hashes = set(listed.values_list("address_hash", flat=True))
        self._suppressed = {runner for runner, address in self._hashes.items() if address in hashes}
        leaving = [d.enrollment.runner_id for d in self._deliveries if d.kind == Kind.GOODBYE]
        if leaving:
            again = Enrollment.objects.filter(runner__in=leaving, state__in=Enrollment.OPEN_STATES)
            self._began_again = set(again.values_list("runner_id", "program_id"))
