"""What is left out for a runner stays out of every mail and page, as of now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import mrml
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from challenge.curriculum import compile as compiler
from challenge.curriculum import compile_lesson
from challenge.delivery.corrections import queue_corrections
from challenge.delivery.plan import plan
from challenge.delivery.send import send_batch
from challenge.delivery.smtp.transport import Transport
from challenge.enrollment.transitions import send_again
from challenge.mail import compiled_again
from challenge.mail.links import Purpose, url
from challenge.models import Day, Delivery, Enrollment, Recall, Revision, Stretch
from tests.support.recalls import take_back
from tests.support.smtp_server import SmtpServer
from tests.support.threads import together
from tests.support.visitor import body

pytestmark = pytest.mark.django_db
Go = Callable[[datetime], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD = "Old words: lie down and pull."


def leave_out(enrollment: Enrollment, *left_out: str, words_only: bool = False) -> None:
    Enrollment.objects.filter(pk=enrollment.pk).update(left_out=list(left_out), words_only=words_only)


def texts(sink: SmtpServer) -> dict[str, str]:
    """Return the text of each runner's newest lesson, without line breaks."""
    return {mail["To"].partition("@")[0]: " ".join(body(mail).split()) for mail in sink.lessons}


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the compiled sources; the compiler is the real one."""
    sizes: list[int] = []
    real = mrml.to_html

    def counted(source: str, **options: Any) -> Any:
        sizes.append(len(source))
        return real(source, **options)

    monkeypatch.setattr(mrml, "to_html", counted)
    render = compiler.render.__wrapped__  # type: ignore[attr-defined]
    for module in (compiler, compile_lesson):
        monkeypatch.setattr(module, "render", render)
    compiled_again._lesson.cache_clear()
    return sizes


def test_each_runner_gets_what_is_not_left_out_from_one_compiled_day(
    trio: list[Any], first: Stretch, sink: SmtpServer, go: Go, now: datetime, compiled: list[int]
) -> None:
    leave_out(trio[1], first.slug)
    leave_out(trio[2], words_only=True)
    go(now)

    alice, bob, charlie = (texts(sink)[name] for name in ("alice", "bob", "charlie"))
    steps = first.content["skip_if"]
    assert (steps in alice, steps in bob, steps in charlie) == (True, False, False)
    assert f"Left out for you: {first.title}." in bob
    assert "Today's run" in bob
    assert "Nothing here is to be done now." in charlie
    assert "Today's run" not in charlie
    assert not compiled


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_who_is_held_while_the_batch_is_sent_gets_no_exercise(
    enroll: Any, first: Stretch, sink: SmtpServer, now: datetime
) -> None:
    for name in ("alice", "bob", "charlie"):
        enroll(name)
    plan(now)
    third = Delivery.objects.order_by("try_at", "id")[2]
    moment = now

    def script(phase: str, recipient: str) -> None:
        nonlocal moment
        if phase == "data" and moment == now:
            together(lambda: leave_out(third.required_enrollment, words_only=True))
            moment += timedelta(seconds=2)

    sink.script = script
    with Transport() as transport:
        assert send_batch(transport, lambda: moment)

    found = [first.content["skip_if"] in " ".join(body(mail).split()) for mail in sink.mails]
    assert found == [True, True, False]


def test_leaving_out_costs_no_statement(enroll: Any, first: Stretch, sink: SmtpServer, now: datetime) -> None:
    counts = []
    for name, slugs in (("alice", []), ("bob", []), ("charlie", [first.slug])):
        leave_out(enroll(name), *slugs)
        plan(now)
        with Transport() as transport, CaptureQueriesContext(connection) as found:
            assert send_batch(transport, lambda: now)
        counts.append(len(found))
    assert counts[1] == counts[2]


def make_old(number: int = 1) -> Revision:
    """Rewrite the published revision of a day as it was compiled before there were sections."""
    revision = Day.objects.get(number=number).published
    assert revision is not None
    revision.text, revision.html, revision.digest = f"{OLD}\n", f"<p>{OLD}</p>\n", "old"
    revision.save(update_fields=["text", "html", "digest"])
    return revision


def test_an_old_version_is_compiled_again_once_and_never_sent_whole(
    enroll: Any, first: Stretch, sink: SmtpServer, go: Go, now: datetime, compiled: list[int]
) -> None:
    make_old()
    for number in range(4):
        leave_out(enroll(f"less-{number}"), first.slug)
        leave_out(enroll(f"words-{number}"), words_only=True)
    enroll("whole")
    go(now)

    found = texts(sink)
    assert OLD not in found.pop("whole")
    assert len(found) == 8
    for name, text in found.items():
        assert OLD not in text
        assert first.content["skip_if"] not in text
        assert ("Nothing here is to be done now." in text) is name.startswith("words")
    assert len(compiled) == 1


def test_an_old_version_without_its_content_is_not_sent(
    enroll: Any, sink: SmtpServer, go: Go, now: datetime, compiled: list[int]
) -> None:
    revision = make_old()
    Revision.objects.filter(pk=revision.pk).update(content={})
    leave_out(enroll("alice"), words_only=True)
    enroll("bob")
    go(now)

    assert list(texts(sink)) == ["bob"]


def test_sent_again_it_is_as_of_now(
    alice: Any, first: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    leave_out(alice, first.slug)
    send_again(alice.pk, now + HOUR)
    go(now + HOUR)

    before, after = (" ".join(body(mail).split()) for mail in sink.lessons)
    assert first.content["skip_if"] in before
    assert first.content["skip_if"] not in after
    assert "Left out for you" in after


def test_the_slug_of_the_replacement_decides(
    trio: list[Any], first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    recalled = take_back(first, other, now + HOUR)
    _alice, bob, charlie = trio
    leave_out(bob, other.slug)
    leave_out(charlie, first.slug)
    queue_corrections(recalled, now + HOUR)
    for runner in trio:
        send_again(runner.pk, now + HOUR)
    go(now + HOUR)

    lessons = texts(sink)
    sent = {mail["To"].partition("@")[0]: body(mail) for mail in sink.mails if "leave out" in mail["Subject"]}
    for name, is_shown in (("alice", True), ("bob", False), ("charlie", True)):
        assert (other.content["skip_if"] in lessons[name]) is is_shown
        assert (f"/library/{other.slug}/" in sent[name]) is is_shown
    assert f"Left out for you: {other.title}." in lessons["bob"]


@pytest.mark.parametrize("state", ["held", "screening", "paused"])
def test_a_correction_offers_no_stretch_to_whoever_is_stopped(
    alice: Any, first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime, state: str
) -> None:
    go(now)
    recalled = take_back(first, other, now + HOUR)
    Enrollment.objects.update(state=state, next_due_at=None)
    queue_corrections(recalled, now + HOUR)
    go(now + HOUR)

    [sent] = [body(mail) for mail in sink.mails if "leave out" in mail["Subject"]]
    assert (f"/library/{other.slug}/" in sent) is (state == "paused")


def test_an_old_correction_offers_nothing_that_is_left_out(
    trio: list[Any], first: Stretch, other: Stretch, sink: SmtpServer, go: Go, now: datetime
) -> None:
    go(now)
    recalled = take_back(first, other, now + HOUR)
    Recall.objects.update(text=OLD, html=f"<p>{OLD}</p>")
    leave_out(trio[0], words_only=True)
    queue_corrections(recalled, now + HOUR)
    go(now + HOUR)

    sent = {mail["To"].partition("@")[0]: body(mail) for mail in sink.mails if "leave out" in mail["Subject"]}
    assert (OLD in sent["bob"], OLD in sent["alice"]) == (False, False)
    assert first.title.upper() in sent["alice"]
    assert f"/library/{other.slug}/" not in sent["alice"]


def test_the_page_of_a_day_is_as_of_now(
    client: Client, alice: Any, first: Stretch, other: Stretch, go: Go, clock: Any, now: datetime
) -> None:
    go(now)

    def page() -> str:
        return " ".join(client.get(url(Purpose.DAY, now, alice, 1)).content.decode().split())

    whole = page()
    assert first.content["purpose"] in whole
    assert "Left out for you" not in whole

    leave_out(alice, first.slug)
    less = page()
    assert first.content["purpose"] not in less
    assert f"Left out for you: {first.title}" in less
    assert "Today&#x27;s run" in less or "Today's run" in less

    take_back(first, other, now + HOUR)
    assert f"/library/{other.slug}/" in page()
    leave_out(alice, other.slug)
    assert f"/library/{other.slug}/" not in page()

    leave_out(alice, words_only=True)
    words = page()
    for gone in (first.content["purpose"], "Today's run", "Self-check</p>", f"/library/{other.slug}/"):
        assert gone not in words
    assert "Nothing here is to be done now" in words
    assert "No stretching and no running until somebody has seen you." in words
