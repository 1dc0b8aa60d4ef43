"""/healthz means alive, /readyz ready: the database, the broker, and how long ago the planner looked."""

import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from challenge import tasks
from challenge.models import Heartbeat
from challenge.models.heartbeat import beat
from tests.delivery.test_broker_down import broker_at, hung, killed, mute, nobody
from tests.support.smtp_server import SmtpServer

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
PLANNER = Heartbeat.Name.PLANNER


def lines(response: Any) -> list[str]:
    return response.content.decode().splitlines()


@pytest.fixture
def all_well(redis_url: str) -> AbstractContextManager[None]:
    beat(PLANNER, timezone.now() - timedelta(seconds=3))
    return broker_at(redis_url)


@pytest.mark.both_databases
def test_ready_when_each_part_is_well(client: Client, all_well: AbstractContextManager[None]) -> None:
    with all_well:
        response = client.get("/readyz")
    assert response.status_code == 200
    database, broker, planner = lines(response)
    assert (database, broker) == ("database: answers", "broker: answers")
    assert planner.startswith("planner: looked ")
    assert "no-store" in response["Cache-Control"]
    assert client.post("/readyz").status_code == 405


def test_asked_over_http_it_answers_all_the_same(
    client: Client, settings: Any, all_well: AbstractContextManager[None]
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    with all_well:
        assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/faq/")] == [200, 200, 301]


@contextmanager
def dripping(folder: Path) -> Iterator[None]:
    """Accept a connection and send a byte now and then, but never a whole line."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        with suppress(OSError):
            talk, _address = listener.accept()
            with talk:
                for _ in range(50):  # ten seconds: a test fails, and does not hang
                    if over.wait(0.2):
                        return
                    talk.send(b"+")

    threading.Thread(target=drip, daemon=True).start()
    with listener, broker_at(f"redis://127.0.0.1:{listener.getsockname()[1]}/0"):
        yield
        over.set()


@pytest.mark.parametrize("broken", [nobody, mute, dripping, killed, hung], ids=lambda broken: broken.__name__)
def test_a_broker_that_does_not_answer_is_said_within_a_second(
    client: Client, tmp_path: Path, broken: Any
) -> None:
    beat(PLANNER, timezone.now())
    with broken(tmp_path / "redis"):
        began = monotonic()
        response = client.get("/readyz")
        assert monotonic() - began < 2  # a second, and another for a busy machine
        assert client.get("/healthz").status_code == 200
    assert response.status_code == 503
    assert lines(response)[1].startswith("broker: does not answer (")
    assert "redis" not in response.content.decode().lower().replace("rediserror", "")


def test_a_planner_that_has_stopped_is_said(client: Client, all_well: AbstractContextManager[None]) -> None:
    with all_well:
        beat(PLANNER, timezone.now() - timedelta(minutes=6))
        response = client.get("/readyz")
        assert response.status_code == 503
        assert lines(response)[2] in [f"planner: looked {seconds} s ago" for seconds in range(360, 370)]
        Heartbeat.objects.all().delete()
        response = client.get("/readyz")
    assert (response.status_code, lines(response)[2]) == (503, "planner: has not looked yet")


@pytest.mark.both_databases
def test_a_database_that_fails_is_said_without_its_words(
    client: Client, all_well: AbstractContextManager[None]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE challenge_heartbeat RENAME TO gone")
        try:
            with all_well:
                response = client.get("/readyz")
        finally:
            cursor.execute("ALTER TABLE gone RENAME TO challenge_heartbeat")
    assert response.status_code == 503
    database, _broker, planner = lines(response)
    assert database in [
        f"database: does not answer ({error}Error)" for error in ("Operational", "Programming")
    ]
    assert planner == "planner: not known without the database"


def test_each_planner_notes_its_look(program: Any, sink: SmtpServer) -> None:
    before = timezone.now()
    tasks.plan()
    first = Heartbeat.objects.get(name=PLANNER).at
    call_command("send_due")
    assert before <= first < Heartbeat.objects.get(name=PLANNER).at
