"""Four runners in four states go through the whole course, with the real sign-up, planner and sender."""

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes

from accounts.models import User
from challenge.conversation.answers import answer
from challenge.conversation.messages import record_message
from challenge.conversation.notes import note
from challenge.curriculum.recall import recall
from challenge.delivery.corrections import correct
from challenge.delivery.plan import plan
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.enrollment import address_change, pending, transitions, unscreened
from challenge.enrollment.confirm import Confirmation, confirm
from challenge.enrollment.erasing import request_erasing
from challenge.enrollment.holding import clear, hold
from challenge.enrollment.leaving import leave
from challenge.enrollment.own_changes import rename
from challenge.enrollment.sign_up import send_links, sign_up
from challenge.models import (
    AddressChange,
    Delivery,
    Enrollment,
    Escalation,
    Event,
    Program,
    SafetyRules,
    Stretch,
)
from challenge.safety import answering
from challenge.safety.escalations import acknowledge, escalate
from tests.gallery.cast import (
    BEGIN,
    CAST,
    COACH,
    DAY,
    HOUR,
    IP,
    LENA,
    MAYA,
    NORA,
    OTHER_MAILS,
    QUINN,
    ROBIN,
    SECOND_CONTACT,
    THEO,
    UNA,
    WAITING,
)
from tests.support.holds import PAIN, RISING
from tests.support.smtp_server import SmtpServer


class Walk:
    """The whole course in the database, day by day; `now` is the instant that it has reached."""

    def __init__(self, program: Program, sink: SmtpServer) -> None:
        self.program, self.sink, self.now = program, sink, BEGIN

    def go(self, at: datetime) -> None:
        """Plan and send everything that is due at an instant."""
        self.now = at
        while plan(at):
            pass
        with Transport() as transport:
            while send_batch(transport, lambda: at):
                pass

    def begin(self) -> None:
        for someone in (*CAST, UNA, WAITING):
            sign_up(someone.wish(self.program), IP, BEGIN)
        self.go(BEGIN)
        for someone in (*CAST, UNA):
            confirm(
                someone.enrollment.pk, Confirmation.unchanged(someone.enrollment, health=True), BEGIN + HOUR
            )
            if someone != UNA:
                answering.answer(someone.enrollment.pk, [], BEGIN + HOUR)
        send_links(QUINN.email, IP, BEGIN + HOUR)
        self.go(BEGIN + HOUR)

    def to_the_end(self) -> None:
        morning = BEGIN.replace(hour=7) + DAY
        while Delivery.objects.filter(kind="goodbye", state="sent").count() < len(CAST):
            pending.remind_unconfirmed(morning - HOUR)
            unscreened.remind_unscreened(morning)
            self.go(morning)
            for someone in CAST:
                someone.respond(morning + HOUR)
            if morning.date() == (BEGIN + 9 * DAY).date():
                send_links(MAYA.email, IP, morning + HOUR)
                send_links(ROBIN.email, IP, morning + HOUR)
                self.stops(morning + HOUR)
                sign_up(replace(NORA.wish(self.program), first_name="Kim"), IP, morning + HOUR)
                self.coach_writes(morning + HOUR)
            self.go(morning + HOUR)
            for someone in CAST:
                someone.come_back(morning + 11 * HOUR)
            self.go(morning + 11 * HOUR)
            morning += DAY
        self.moves_house()
        leave(QUINN.enrollment.pk, Event.Actor.RUNNER, self.now, mails=True)
        send_links(QUINN.email, IP, self.now)
        request_erasing(NORA.enrollment.runner_id, self.now)
        self.go(self.now)
        self.needs_a_coach()

    def stops(self, at: datetime) -> None:
        """Quinn and Maya are held, one of them with lessons that go on, and Nora is paused by the coach; in
        the evening all go on."""
        coach = User.objects.create_user(COACH, first_name="Sam", is_staff=True)
        for someone, danger in ((QUINN, PAIN), (MAYA, RISING)):
            hold(someone.enrollment.pk, danger, Event.Actor.SYSTEM, at)
        transitions.pause(NORA.enrollment.pk, transitions.PauseCause.COACH, at)
        self.go(at)
        for someone in (QUINN, MAYA):
            clear(someone.enrollment.pk, coach, "A doctor has looked at it.", at + 10 * HOUR)
        self.go(at + 10 * HOUR)

    def coach_writes(self, at: datetime) -> None:
        """The coach answers Maya about day 9, and puts a note into Nora's next lesson."""
        coach = User.objects.get(email=COACH)
        asked = record_message(MAYA.enrollment.pk, 9, "May I do it twice a day?", at)
        answer(asked.pk, coach, "Yes, if the second time is a day without a run.\n\nOnce is enough.", at)
        note(NORA.enrollment.pk, coach, "Start with the left side today, Nora.\nNo hurry.", at)

    def moves_house(self) -> None:
        """Robin gets another name and another address, after a wrong one, and goes back."""
        robin, later = ROBIN.enrollment.pk, self.now + HOUR
        for address in (MAYA.email, "robin@example.net"):
            address_change.ask(robin, address, self.now)
        change = AddressChange.objects.get(new_address="robin@example.net")
        rename(robin, "Robin Lee", self.now)
        self.go(self.now)
        address_change.confirm(change.pk, self.now)
        self.go(later)
        address_change.undo(change.pk, later)

    def needs_a_coach(self) -> None:
        """Robin tells of something. The coach does not answer; the second contact does."""
        SafetyRules.objects.create(pk=1, second_contact=SECOND_CONTACT, second_after=60)
        escalation = Escalation.objects.open(ROBIN.enrollment, self.now)
        self.go(self.now)
        escalate(self.now + HOUR)
        self.go(self.now + HOUR)
        acknowledge(escalation.pk, None, self.now)

    def recall(self, slug: str, instead: str, message: str) -> None:
        stretches, at = Stretch.objects.filter(program=self.program), (self.now + DAY).replace(hour=12)
        recall(stretches.get(slug=slug), stretches.get(slug=instead), message, at, None)
        correct(at)
        self.go(at)

    def leave_out(self) -> None:
        """Send day 15 to Lena without two of its movements, and to Theo without exercise."""
        for someone, left_out in ((LENA, ["leg-swings", "split-squat"]), (THEO, [])):
            sign_up(replace(someone.wish(self.program), starts_on=(self.now + DAY).date()), IP, self.now)
            runner = someone.enrollment
            confirm(runner.pk, Confirmation.unchanged(runner, health=True), self.now)
            less = Enrollment.objects.filter(pk=runner.pk)
            # The walk makes the one lesson that is due.
            less.update(left_out=left_out, words_only=not left_out, state="active", next_due_at=None)
            closes_at = self.now + DAY
            Delivery.objects.queue(
                Delivery.Kind.LESSON, self.now, someone.enrollment, day=15, closes_at=closes_at
            )
        self.go(self.now)

    def mails(self) -> dict[str, bytes]:
        """Return the mails that the SMTP server got, by name: the lessons in each state, then the others."""
        sent = {str(d.pk): d for d in Delivery.objects.select_related("enrollment__runner", "recipient")}
        everybody = (*CAST, UNA, LENA, THEO, WAITING)
        states = {someone.email: someone.state for someone in everybody} | {COACH: "coach"}
        lessons: dict[str, bytes] = {}
        others: dict[str, bytes] = {}
        for raw in self.sink.raw:
            delivery = sent[str(message_from_bytes(raw)["Message-ID"]).strip("<>").partition("@")[0]]
            state = states[delivery.to_user.email]
            if name := OTHER_MAILS.get((delivery.kind, state)):
                others.setdefault(name, raw)
            elif delivery.kind == "lesson":
                lessons[f"day-{delivery.day:02}-{state}"] = raw
        return dict(sorted(lessons.items())) | {name: others[name] for name in OTHER_MAILS.values()}
