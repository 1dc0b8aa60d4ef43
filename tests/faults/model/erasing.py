"""A runner asks to be erased, and may take that back for a day: what may not be sent meanwhile, and what may
not be left afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from accounts.models import User
from challenge.enrollment import erasing
from challenge.models import Delivery, Enrollment, Suppression
from challenge.models.privacy import TABLES, model_of

Kind = Delivery.Kind
WAIT = timedelta(hours=24)
NEVER = datetime.max.replace(tzinfo=UTC)
# What does not answer anything that the runner has just done.
USUAL = {Kind.REMINDER, Kind.LESSON, Kind.SUMMARY, Kind.GOODBYE, Kind.CHANGED}
# What remains of the erased: keyed hashes.
HASHED = {"challenge.Suppression", "challenge.MailRequest"}


class Erasing:
    """The requests to erase, by address. `forget` is called when somebody was erased."""

    def __init__(self, forget: Callable[[], None]) -> None:
        self.asked: dict[str, datetime] = {}
        self._gone: set[str] = set()
        # How many mails may still say that somebody will be erased, and which ones did.
        self._announcements: dict[str, int] = {}
        self._said: set[str] = set()
        self._forget = forget

    @property
    def next_at(self) -> datetime:
        return min(self.asked.values(), default=NEVER)

    def ask(self, address: str, now: datetime) -> None:
        """Ask on the own page, to which only somebody who has confirmed once gets a link."""
        confirmed = Enrollment.objects.filter(runner__email=address, confirmed_at__isnull=False)
        if (run := confirmed.first()) is None:
            return
        is_new = address not in self.asked
        due_at = self.asked.setdefault(address, now + WAIT)
        assert erasing.request_erasing(run.runner_id, now) == due_at
        if is_new:
            self._announcements[address] = 1
            said = Delivery.objects.filter(kind=Kind.ERASING, enrollment__runner=run.runner_id, due_at=now)
            may_leave = said.exclude(enrollment__state=Enrollment.State.PENDING)
            assert may_leave.exists(), "no mail says that the runner will be erased"

    def keep(self, address: str, now: datetime) -> None:
        if user := User.objects.filter(email=address).first():
            assert erasing.keep(user.pk, now) == (address in self.asked)
            self.asked.pop(address, None)
            self._announcements.pop(address, None)

    def erase(self, address: str, now: datetime) -> None:
        """Erase at once, as the operator does."""
        if user := User.objects.filter(email=address).first():
            erasing.erase(user.pk, now)
            self._check_gone(user)

    def do(self, now: datetime) -> None:
        """Erase whoever's day is over."""
        late = [address for address, due_at in self.asked.items() if due_at <= now]
        users = list(User.objects.filter(email__in=late))
        erased = erasing.erase_due(now)
        assert erased == len(late), f"{erased} were erased, {len(late)} have asked for it"
        for user in users:
            self._check_gone(user)

    def _check_gone(self, user: User) -> None:
        """Check that no row of somebody who was erased remains, but keyed hashes without words."""
        for table, declared in TABLES.items():
            if declared.of and table not in HASHED:
                left = model_of(table)._base_manager.filter(declared.about(user))
                assert not left.exists(), f"a row of {table} remains of somebody who was erased"
        told = Suppression.objects.filter(address_hash=user.address_hash).exclude(detail="", runner=None)
        assert not told.exists(), "a suppression still tells of somebody who was erased"
        self._gone.add(user.email)
        self.asked.pop(user.email, None)
        self._forget()

    def come_again(self, address: str) -> None:
        """Learn that somebody signs up at an address: it may be written to again."""
        self._gone.discard(address)

    def check(self, delivery: Delivery, recipient: str) -> None:
        """Check a message that is on the wire."""
        assert recipient not in self._gone, f"{delivery} to an address that was erased"
        if recipient in self.asked:
            assert delivery.kind not in USUAL, f"{delivery} to somebody who has asked to be erased"
        if delivery.kind != Kind.ERASING:
            return
        assert recipient in self.asked, f"{delivery} to somebody who keeps everything"
        if str(delivery.pk) not in self._said:
            self._said.add(str(delivery.pk))
            self._announcements[recipient] -= 1
        assert self._announcements[recipient] >= 0, f"{delivery} twice for one request"
