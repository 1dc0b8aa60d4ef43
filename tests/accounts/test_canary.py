"""A marked runner goes through every function. The marks stand in the columns listed here, and in
no other table, file, log, key of Redis, cookie, metric or URL. After erasing only keyed hashes are left."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.addresses import keyed_hash
from accounts.models import User
from challenge.checkins.progress import sweep
from challenge.enrollment.erasing import erase_due, request_erasing
from challenge.enrollment.holding import Danger, clear, hold
from challenge.enrollment.pending import delete_unconfirmed, remind_unconfirmed
from challenge.inbound.bounce_mail import receive
from challenge.mail.links import return_path
from challenge.models import Delivery, Enrollment, Escalation, Event, Hold, Message, SafetyLevel, SafetyRules
from challenge.monitoring.checks import check
from challenge.monitoring.logs import Json, Line
from challenge.safety.escalations import escalate
from challenge.safety.screening_list import QUESTIONS
from tests.support.brokers import broker_at
from tests.support.marks import cells, marked, marked_columns, marked_files, marked_in_redis
from tests.support.recorder import Recorder
from tests.support.returned_mails import complaint, dsn
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import answer_no, body, form, link, press_confirm

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARK = "yellowbird"
ADDRESS = "yellowbird@example.com"
COACH, SECOND = "coach@example.org", "second@example.net"
# The code of what the runner ticks, and of what follows from it.
TICKED, FOLLOWS = "hernia", "prone-press-up"
# Where a runner's own data is kept.
KEPT_IN = {
    "accounts_user.email",
    "accounts_user.first_name",
    "challenge_addresschange.new_address",
    "challenge_addresschange.old_address",
    "challenge_checkin.note",
    "challenge_checkin.pain_where",
    "challenge_earliercheckin.note",
    "challenge_earliercheckin.pain_where",
    "challenge_hold.cleared_because",
    "challenge_hold.values",
    "challenge_memo.text",
    "challenge_message.published",
    "challenge_message.text",
    "challenge_note.text",
    # What mail servers answered, and the titles in the coaches' log, which hold the name.
    "challenge_delivery.attempts",
    "django_admin_log.object_repr",
}
DESK = "/coach/challenge"
WRITES = ("write", "note", "memo")


class Canary:
    """The marked runner, and the coach who looks after her."""

    def __init__(self, sink: SmtpServer, go: Callable[[datetime], None], clock: Any, now: datetime) -> None:
        self.sink, self.go, self.clock, self.now = sink, go, clock, now
        self.runner, self.coach = Recorder(), Recorder()
        self.coach.force_login(User.objects.create_superuser(COACH, "x"))

    def move(self, by: timedelta) -> None:
        self.now += by
        self.clock.move_to(self.now)
        for job in (remind_unconfirmed, delete_unconfirmed, self.go, sweep, check):
            job(self.now)

    def newest(self, purpose: str, choice: str = "") -> str:
        """Return the link of the newest mail that has one for this purpose."""
        with_link = [mail for mail in self.sink.to(ADDRESS) if f"/{purpose}/" in body(mail)]
        return link(with_link[-1], purpose, choice)

    def signs_up(self) -> None:
        fields = form(email=ADDRESS, first_name="Yellowbird", starts_on=f"{self.now:%Y-%m-%d}")
        assert self.runner.post("/", {**fields, "email": "yellowbird@@example.com"}).status_code == 422
        assert self.runner.post("/", fields).status_code == 200
        self.move(timedelta(0))
        asked = self.newest("confirm")
        answer = press_confirm(self.runner, asked, health_consent="on")
        said = {question.code: "no" for question in QUESTIONS} | {"answer": "", "movements": [TICKED]}
        assert answer_no(self.runner, answer["Location"], **said).status_code == 200

    def lives_a_day(self) -> None:
        said = {"status": "partly", "unit": "km", "pain": "3", "tightness": "4"}
        words = {"pain_where": "yellowbird place", "note": "yellowbird note"}
        # A server that answers in words about her, once.
        answers = iter([f"451 4.2.1 <{ADDRESS}>: yellowbird is busy"])
        self.sink.script = lambda phase, to: next(answers, None) if phase == "recipient" else None
        self.move(DAY)
        self.move(HOUR)
        path = self.newest("check-in", "partly")
        self.runner.get(path)
        assert self.runner.post(path, {**said, **words}).status_code == 302
        assert (
            self.runner.post(path, {**said, **words, "note": "yellowbird note, once more"}).status_code == 302
        )
        day = self.newest("day")
        assert self.runner.post(day, {"text": "yellowbird?"}).status_code == 302
        self.runner.get(f"{day}?asked")

    def needs_help(self) -> None:
        """She is held for the reason MARK would give; the mails about it say neither who she is nor why."""
        run = Enrollment.objects.get()
        held = Danger(Hold.Reason.RED_WORDS, SafetyLevel.EMERGENCY, Hold.Source.MESSAGE, {"words": MARK})
        SafetyRules.objects.create(pk=1, second_contact=SECOND, second_after=30)
        hold(run.pk, held, Event.Actor.SYSTEM, self.now)
        self.move(HOUR)
        escalate(self.now)
        self.move(timedelta(0))
        mails = [*self.sink.to(COACH), *self.sink.to(SECOND)]
        assert len(mails) == 3
        assert [mail for mail in mails if marked(MARK, mail.as_string())] == []
        self.runner.post(link(mails[-1], "take-care"), follow=True)
        escalation = Escalation.objects.get()
        self.coach.get(f"{DESK}/escalation/{escalation.pk}/change/")
        for view in ("acknowledge", "resolve"):
            self.coach.post(f"/coach/desk/{view}/{escalation.pk}/", follow=True)
        clear(run.pk, User.objects.get(email=COACH), "yellowbird was seen", self.now)

    def is_answered(self) -> None:
        """The coach answers by mail, and writes a note and a memo; all of them hold the mark."""
        run, asked = Enrollment.objects.get(), Message.objects.get(direction="in")
        for path in (f"message/{asked.pk}/answer/", *(f"enrollment/{run.pk}/{to}/" for to in WRITES)):
            assert self.coach.post(f"{DESK}/{path}", {"text": f"{MARK} {path}"}).status_code == 302
        said = Message.objects.get(answers=asked)
        self.coach.post(f"{DESK}/message/{said.pk}/publish/", {"text": f"{MARK} for all"})
        for path in ("/coach/", "/coach/desk/done/", f"{DESK}/message/{asked.pk}/answer/"):
            assert self.coach.get(path).status_code == 200
        self.move(DAY)
        assert [mail for mail in self.sink.to(ADDRESS) if f"{MARK} message" in body(mail)]
        assert f"{MARK} enrollment" in body(self.sink.lessons[-1])

    def steers(self) -> None:
        lesson = self.sink.lessons[-1]
        self.runner.post(link(lesson, "pause"), {"action": "pause"})
        self.move(HOUR)
        self.runner.post(link(lesson, "pause"), {"action": "resume"})
        self.runner.post(link(lesson, "hour"), {"send_at": "08:00", "time_zone": "Europe/Paris"})
        self.runner.post(link(lesson, "leave"), {"action": "leave"})
        self.move(HOUR)
        self.runner.post(link(lesson, "leave"), {"action": "undo"})
        self.runner.post("/links/", {"email": "yellowbird@@example.com"})
        self.runner.post("/links/", {"email": ADDRESS})
        self.move(timedelta(0))

    def looks_after_herself(self) -> None:
        page = self.newest("me")
        for part in ("", "told/", "everything/", "health/", "erase/"):
            assert self.runner.get(page + part).status_code == 200
        assert b"yellowbird note" in self.runner.get(f"{page}told/").content
        assert self.runner.post(f"{page}download/").status_code == 200
        self.runner.post(f"{page}name/", {"first_name": "Yellowbird A"}, follow=True)
        self.runner.post(f"{page}address/", {"email": f"new.{ADDRESS}"}, follow=True)
        self.move(HOUR)

    def is_looked_after(self) -> None:
        run, coach = Enrollment.objects.get(), self.coach
        for table in ("enrollment", "delivery", "checkin", "message", "suppression"):
            coach.get(f"{DESK}/{table}/")
            coach.post(f"{DESK}/{table}/", {"q": ADDRESS}, follow=True)
        for table in ("user", "consent"):
            coach.post(f"/coach/accounts/{table}/", {"q": f"<{ADDRESS}>"}, follow=True)
        page = f"{DESK}/enrollment/{run.pk}/change/"
        assert "Yellowbird" in coach.get(page).content.decode()
        for move in ("pause", "resume", "send_again"):
            coach.post(f"{DESK}/enrollment/move/", {"move": move, "ids": run.pk, "sure": "yes"}, follow=True)
        coach.post(f"{DESK}/enrollment/{run.pk}/hour/", {"send_at": "09:00", "time_zone": "Europe/Rome"})
        person = f"/coach/accounts/user/{run.runner_id}/change/"
        coach.post(person, {"email": ADDRESS, "first_name": "Yellowbird B", "is_active": "on"})
        coach.post(f"{DESK}/enrollment/filters/", {"name": "Mine", "query": f"q={ADDRESS}&quiet=7"})
        for delivery in Delivery.objects.all():
            coach.get(f"{DESK}/delivery/{delivery.pk}/change/")
        coach.get("/coach/")
        self.move(DAY)

    def comes_back(self) -> None:
        mail = Delivery.objects.filter(kind="lesson", state="sent").latest("sent_at")
        receive(dsn(mail, "5.2.2", f"smtp; 552 5.2.2 <{ADDRESS}>: yellowbird is full"), [], self.now)
        path = return_path(mail.pk)
        told = complaint(b"Subject: Day 1\r\n\r\n", extra=f"Original-Mail-From: <{path}>\n")
        receive(told, [], self.now)
        self.move(DAY)


@pytest.fixture
def folders(settings: Any) -> list[Path]:
    database = Path(connection.settings_dict["NAME"])
    beside = [database, database.with_name(f"{database.name}-wal")] if connection.vendor == "sqlite" else []
    return [Path(settings.MARKS_DIR), Path(settings.ERASED_FILE), *beside]


def test_the_marks_are_where_they_belong_and_go_with_the_runner(
    program: Any,
    sink: SmtpServer,
    go: Callable[[datetime], None],
    clock: Any,
    now: datetime,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    redis_url: str,
    folders: list[Path],
) -> None:
    settings.BOUNCE_ADDRESS, settings.METRICS_TOKEN = "bounces@example.org", "open sesame"
    caplog.set_level(logging.DEBUG)
    with broker_at(redis_url):
        canary = Canary(sink, go, clock, now)
        canary.signs_up()
        canary.lives_a_day()
        canary.needs_help()
        canary.is_answered()
        canary.steers()
        canary.looks_after_herself()
        canary.is_looked_after()
        canary.comes_back()

        assert marked_columns(MARK) == KEPT_IN
        assert [marked_in_redis(code) for code in (TICKED, FOLLOWS)] == [[], []]
        request_erasing(Enrollment.objects.get().runner_id, canary.now)
        canary.move(DAY)
        assert erase_due(canary.now) == 1
        metrics = canary.runner.get("/metrics", headers={"Authorization": "Bearer open sesame"})
        canary.move(DAY)

        assert marked_columns(MARK) == set()
        assert marked_files(MARK, folders) == []
        assert marked_in_redis(MARK) == []
    assert canary.runner.marked(MARK) | canary.coach.marked(MARK) == set()
    assert not marked(MARK, metrics.content.decode())
    for formatter in (Line(), Json()):
        lines = [formatter.format(record) for record in caplog.records]
        assert [line for line in lines for word in (MARK, TICKED, FOLLOWS) if marked(word, line)] == []
    told = [mail.as_string() for to in (COACH, SECOND) for mail in sink.to(to)]
    assert [mail for mail in told for word in (MARK, TICKED, FOLLOWS) if marked(word, mail)] == []
    hashed = keyed_hash(ADDRESS)
    assert {place for place, text in cells() if hashed in text} == {
        "challenge_suppression.address_hash",
        "challenge_mailrequest.mailbox_hash",
    }
