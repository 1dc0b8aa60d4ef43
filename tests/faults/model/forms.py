"""Sign-up forms for one address: how many mails they lead to, and that none changes what a mail asked."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django.db.models import QuerySet

from accounts.models import User
from challenge.enrollment.sign_up import SignUpData, sign_up
from challenge.enrollment.waiting import answer_waiting
from challenge.enrollment.wish import Wish
from challenge.models import Delivery, Enrollment, MailRequest, Suppression, WaitingSignUp
from tests.faults.model.server import Behaviour, Handover

Kind, State, Mail = Delivery.Kind, Enrollment.State, MailRequest.Mail
ASKING = (Kind.CONFIRMATION, Kind.REMINDER)
DAY, MOST = timedelta(days=1), 3
NEVER = datetime.max.replace(tzinfo=UTC)
# How often the forms that wait are looked at.
LOOK = timedelta(hours=6)


class Forms:
    def __init__(self) -> None:
        # The mails that have asked an address to confirm since it last did, and when they were due.
        self._asking: dict[str, dict[str, datetime]] = defaultdict(dict)
        self._taken: set[str] = set()
        self.next_at = NEVER

    def check(self, delivery: Delivery, handover: Handover) -> None:
        """Check a message that is on the wire."""
        if delivery.kind not in ASKING:
            return
        asking = self._asking[handover.recipient]
        asking[handover.delivery_id] = delivery.due_at
        for before, after in pairwise(sorted(asking.values())):
            assert after - before >= DAY, f"{delivery} {after - before} after another one"
        assert len(asking) <= MOST, f"{delivery} is the fourth that asks a stranger"
        if handover.behaviour is Behaviour.KEEP:
            self._taken.add(handover.delivery_id)

    def hand_in(self, data: SignUpData, ip: str, now: datetime) -> None:
        """Sign up; what an earlier mail asks to confirm stays as it was unless another mail follows."""
        before = _pending(data.email)
        mails = self._mails(before) if before else set()
        sign_up(data, ip, now)
        if before and mails and mails == self._mails(before):
            after = Enrollment.objects.select_related("runner", "cohort").get(pk=before.pk)
            assert Wish.of(after) == Wish.of(before), "a form changed what a mail asks to confirm"
        if _unanswered().exists():
            self.next_at = min(self.next_at, now + LOOK)

    def _mails(self, enrollment: Enrollment) -> set[str]:
        """Return the mails that ask to confirm an enrollment; none where one has not arrived for certain."""
        mails = Delivery.objects.filter(enrollment=enrollment, kind__in=ASKING).values_list("pk", flat=True)
        found = {str(key) for key in mails}
        return found if found <= self._taken else set()

    def confirmed(self, enrollment: Enrollment) -> None:
        """Learn that the owner of the address has confirmed, and check that no form waits any more but one of
        another name."""
        runner = User.objects.get(pk=enrollment.runner_id)
        self._asking.pop(runner.email, None)
        forms = _unanswered().filter(enrollment=enrollment, first_name__iexact=runner.first_name)
        assert not forms.exists(), "a form waits at a sign-up that is confirmed"

    def do(self, now: datetime) -> None:
        """Answer the forms that wait."""
        answer_waiting(now)
        self.next_at = now + LOOK if _unanswered().exists() else NEVER

    def check_answered(self, now: datetime) -> None:
        """Check, when all was well for some days, that no form waits that the limits let be mailed."""
        for form in _unanswered().select_related("enrollment__runner"):
            enrollment, runner = form.enrollment, form.enrollment.runner
            if Suppression.objects.filter(address_hash=runner.address_hash).exists():
                continue
            is_pending = enrollment.state == State.PENDING
            mail = Mail.CONFIRMATION if is_pending else Mail.SIGNED_UP_AGAIN
            mailed = MailRequest.objects.filter(mailbox_hash=runner.mailbox_hash, mail=mail, mailed=True)
            recent = mailed.filter(created_at__gt=now - DAY - LOOK)
            assert recent.exists() or (is_pending and mailed.count() >= MOST), f"{form} is never answered"


def _unanswered() -> QuerySet[WaitingSignUp]:
    return WaitingSignUp.objects.filter(answered_at=None)


def _pending(address: str) -> Enrollment | None:
    runs = Enrollment.objects.filter(runner__email=address, state=State.PENDING)
    return runs.select_related("runner", "cohort").first()
