"""The pages answer at once and mail leaves without a broker, or with one that hangs."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from time import monotonic
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from redis import Redis

from challenge import tasks
from challenge.mail.links import Purpose, token
from challenge.models import CheckIn, Delivery, Progress
from challenge.runtime.redis import Server
from tests.support import free_port
from tests.support.brokers import broker_at
from tests.support.crowd import crowd
from tests.support.smtp_server import SmtpServer
from tests.support.visitor import form

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@contextmanager
def nobody(folder: Path) -> Iterator[None]:
    """The URL of a port on which nothing listens."""
    with broker_at(f"redis://127.0.0.1:{free_port()}/0"):
        yield


@contextmanager
def mute(folder: Path) -> Iterator[None]:
    """The URL of a server that accepts connections and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, broker_at(f"redis://127.0.0.1:{listener.getsockname()[1]}/0"):
        yield


@contextmanager
def used(folder: Path) -> Iterator[tuple[Server, int]]:
    """A Redis that took a message over a connection that is still open, and its process id."""
    server = Server(folder)
    server.start()
    try:
        with broker_at(server.url), Redis(unix_socket_path=str(server.path)) as client:
            tasks.nudge(tasks.send)
            assert client.llen("celery") == 1
            yield server, client.info("server")["process_id"]
    finally:
        server.close()


@contextmanager
def killed(folder: Path) -> Iterator[None]:
    with used(folder) as (server, _):
        server.kill()
        yield


@contextmanager
def hung(folder: Path) -> Iterator[None]:
    with used(folder) as (_, process_id):
        os.kill(process_id, SIGSTOP)
        try:
            yield
        finally:
            os.kill(process_id, SIGCONT)


@pytest.fixture(params=[nobody, mute, killed, hung], ids=lambda param: param.__name__)
def broken_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    with request.param(tmp_path / "redis"):
        yield


def promptly(work: Callable[[], Any]) -> Any:
    """Do it once: a visitor may wait for a second, and a busy test machine gets one more."""
    began = monotonic()
    result = work()
    assert monotonic() - began < 2
    return result


def test_a_nudge_gives_up_at_once(broken_broker: None) -> None:
    for task, ids in ((tasks.send, ()), (tasks.plan, ()), (tasks.recalculate_progress, (1,))):
        promptly(lambda: tasks.nudge(task, *ids))  # noqa: B023


def test_sign_up_and_check_in_answer_and_mail_leaves(
    program: Any, sink: SmtpServer, client: Client, broken_broker: None
) -> None:
    [runner] = crowd(program, 1)
    call_command("send_due")
    assert sink.recipients == ["runner-0@example.com"]

    tomorrow = timezone.now().date() + timedelta(days=1)
    signed_up = promptly(lambda: client.post("/", form(starts_on=tomorrow)))
    link = f"/check-in/{token(Purpose.CHECK_IN, timezone.now(), runner, 1)}/"
    checked_in = promptly(lambda: client.post(link, {"status": "done", "unit": "km"}))

    assert (signed_up.status_code, checked_in.status_code) == (200, 302)
    assert CheckIn.objects.get().status == "done"
    call_command("send_due")
    assert sink.recipients == ["runner-0@example.com", "maya@example.com"]
    assert set(Delivery.objects.values_list("kind", "state")) == {
        ("lesson", "sent"),
        ("confirmation", "sent"),
    }
    CheckIn.objects.update(updated_at=timezone.now() - timedelta(minutes=2))
    call_command("send_due")
    assert Progress.objects.get(enrollment=runner).done == 1
    assert len(sink.mails) == 2


def test_nudges_get_through_again_when_redis_is_back(tmp_path: Path) -> None:
    with used(tmp_path / "redis") as (server, _):
        server.kill()
        tasks.nudge(tasks.send)
        server.start()
        tasks.nudge(tasks.send)
        with Redis(unix_socket_path=str(server.path)) as client:
            assert client.llen("celery") == 1
