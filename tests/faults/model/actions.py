"""The actions of runners and their coach, and what the oracle learns from them about who may get mail."""

from datetime import datetime, time, timedelta

from accounts.addresses import keyed_hash
from accounts.models import User
from challenge.enrollment import leaving, transitions
from challenge.enrollment.confirm import Confirmation, ConfirmResult, confirm
from challenge.enrollment.sign_up import SignUpData, send_links
from challenge.models import Enrollment, Event, Suppression
from tests.faults.model.care import Care
from tests.faults.model.oracle import UNDO_FOR
from tests.faults.model.runners import address

State, RUNNER = Enrollment.State, Event.Actor.RUNNER
# The first choice of each on the form: when the course starts, in days, at what hour, and where.
CHOICES = {
    "alice": (0, time(7), "Europe/London"),
    "bob": (0, time(20, 45), "America/Los_Angeles"),
    "charlie": (1, time(23, 45), "Pacific/Auckland"),
}
LATER = timedelta(hours=1)
FAR_AWAY = "Pacific/Auckland"
ACTIONS = (
    "signs_up",
    "signs_up_otherwise",
    "shares_the_address",
    "confirms",
    "only_confirms",
    "confirms_without_consent",
    "pauses",
    "goes_on",
    "takes_the_pause_back",
    "flies",
    "leaves",
    "leaves_by_one_click",
    "comes_back",
    "asks_for_links",
    "gets_it_again",
    "complains",
    "can_be_written_to_again",
    "is_erased",
    "asks_to_be_erased",
    "keeps_everything",
)
# What counts for a lesson that is queued and has not left.
BEFORE_A_LESSON = (
    "is_held",
    "coach_holds",
    "coach_holds_to_words",
    "reports_pain_down_a_leg",
    "answers_left_out",
    "pauses",
    "leaves",
    "complains",
    "asks_to_be_erased",
    "flies",
    "coach_writes_a_note",
)
# What follows from what.
PAIRS = (
    ("asks_to_be_erased", "keeps_everything"),
    ("leaves", "comes_back"),
    ("pauses", "takes_the_pause_back"),
    ("only_confirms", "answers_left_out"),
    ("writes", "coach_answers"),
    ("writes_red_words", "coach_answers"),
    ("coach_answers", "leaves_by_one_click"),
    ("reports_pain", "leaves"),
    ("reports_pain", "coach_clears"),
    ("reports_pain", "coach_acknowledges"),
    ("reports_pain_down_a_leg", "reports_pain"),
    ("coach_holds", "coach_clears"),
    ("coach_writes_a_note", "gets_it_again"),
)


class Actions(Care):
    """Each method does one thing for the runner of a name, if it is possible."""

    def act(self, name: str, what: str) -> None:
        getattr(self, what)(name)

    def signs_up(self, name: str) -> None:
        self._hands_in(name, name.title(), timedelta(0))

    def signs_up_otherwise(self, name: str) -> None:
        """Choose another hour."""
        self._hands_in(name, name.title(), LATER)

    def shares_the_address(self, name: str) -> None:
        """Let somebody of another name sign up at the same address."""
        self._hands_in(name, "Doris", 2 * LATER)

    def _hands_in(self, name: str, first_name: str, later: timedelta) -> None:
        days, wall, zone = CHOICES[name]
        starts_on = self._server.now.date() + timedelta(days)
        wall = (datetime.combine(starts_on, wall) + later).time()
        form = SignUpData(address(name), first_name, self._program, starts_on, wall, zone)
        self._oracle.erasing.come_again(form.email)
        self._oracle.forms.hand_in(form, self._ip(), self._server.now)

    def changes_hour(self, name: str, wall: time, zone: str) -> None:
        if enrollment := self._newest(name):
            self._oracle.moved[enrollment.pk] = self._server.now
            transitions.reschedule(enrollment.pk, wall, zone, RUNNER, self._server.now)

    def flies(self, name: str) -> None:
        """Move to a zone where it is night instead of day."""
        if enrollment := self._newest(name):
            zone = "Europe/London" if enrollment.time_zone == FAR_AWAY else FAR_AWAY
            self.changes_hour(name, enrollment.send_at, zone)

    def confirms(self, name: str) -> None:
        """Open the link of a mail that has arrived, and answer no to all ten questions."""
        self.only_confirms(name)
        self.answers_no(name)

    def only_confirms(self, name: str) -> None:
        self._confirms(name, health=True)

    def confirms_without_consent(self, name: str) -> None:
        """Confirm, and let nothing of health be kept."""
        self._confirms(name, health=False)

    def _confirms(self, name: str, *, health: bool) -> None:
        if (enrollment := self._newest(name)) and enrollment.pk in self._oracle.asked:
            form = Confirmation.unchanged(enrollment, health=health)
            if confirm(enrollment.pk, form, self._server.now) == ConfirmResult.CONFIRMED:
                self._oracle.confirm(enrollment, self._runs(name), health=health)

    def pauses(self, name: str) -> None:
        enrollment = self._newest(name)
        if enrollment and transitions.pause(enrollment.pk, transitions.PauseCause.RUNNER, self._server.now):
            self._oracle.paused[enrollment.pk] = self._server.now

    def goes_on(self, name: str) -> None:
        """Go on after a pause."""
        enrollment = self._newest(name)
        if enrollment and transitions.resume(enrollment.pk, RUNNER, self._server.now):
            self._oracle.paused.pop(enrollment.pk, None)

    def takes_the_pause_back(self, name: str) -> None:
        enrollment = self._newest(name)
        if enrollment and transitions.undo_pause(enrollment.pk, self._server.now):
            paused_at = self._oracle.paused.pop(enrollment.pk, None)
            assert paused_at, "a pause was taken back that the runner has not asked for"
            assert self._server.now - paused_at < UNDO_FOR, "a pause was taken back too late"

    def leaves(self, name: str) -> None:
        self._leaves(name, mails=True)

    def leaves_by_one_click(self, name: str) -> None:
        self._leaves(name, mails=False)

    def _leaves(self, name: str, *, mails: bool) -> None:
        """Leave by the link of the first run, whichever goes on now."""
        runs = self._runs(name)
        staying = [run for run in runs if run not in self._oracle.left]
        if runs:
            assert leaving.leave(runs[0], RUNNER, self._server.now, mails=mails) == bool(staying)
        if staying:
            self._oracle.leave(address(name), staying, self._server.now, mails=mails)

    def comes_back(self, name: str) -> None:
        """Undo the last leaving by the link of the first run."""
        if runs := self._runs(name):
            back = self._oracle.may_come_back(runs, self._server.now)
            if Suppression.objects.filter(address_hash=keyed_hash(address(name))).exists():
                back = []
            assert leaving.undo_leaving(runs[0], self._server.now) == bool(back)
            if back:
                self._oracle.come_back(address(name), back)

    def asks_for_links(self, name: str) -> None:
        self._oracle.asked_for_page.add(address(name))
        send_links(address(name), self._ip(), self._server.now)

    def gets_it_again(self, name: str) -> None:
        if enrollment := self._newest(name):
            transitions.send_again(enrollment.pk, self._server.now)

    def complains(self, name: str) -> None:
        if user := User.objects.filter(email=address(name)).first():
            facts = {"reason": Suppression.Reason.COMPLAINED, "created_at": self._server.now}
            Suppression.objects.get_or_create(address_hash=user.address_hash, defaults=facts)
            self._oracle.suppressed.add(user.email)

    def can_be_written_to_again(self, name: str) -> None:
        if user := User.objects.filter(email=address(name)).first():
            Suppression.objects.filter(address_hash=user.address_hash).delete()
            self._oracle.suppressed.discard(user.email)

    def is_erased(self, name: str) -> None:
        self._oracle.erasing.erase(address(name), self._server.now)

    def asks_to_be_erased(self, name: str) -> None:
        self._oracle.erasing.ask(address(name), self._server.now)

    def keeps_everything(self, name: str) -> None:
        self._oracle.erasing.keep(address(name), self._server.now)
