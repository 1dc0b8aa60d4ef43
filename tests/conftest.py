"""The cast (alice, bob, charlie), the course, the clock and the real servers that tests use."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings

from tests.support.smtp_server import SmtpServer

pytest_plugins = [
    "tests.support.browsing",
    "tests.support.collecting",
    "tests.support.emptying",
    "tests.support.recalls",
    "tests.support.worked_out_once",
]

# A Tuesday; 08:00 in London, 03:00 in New York.
NOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
Enroll = Callable[..., Any]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A test database of SQLite lies in a file, so that processes and threads can share it."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        # A test's database need not outlive a crash of the machine.
        database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
        database["TEST"] = {**database.get("TEST", {}), "NAME": str(path)}
        from django.db import connections

        connections["default"].settings_dict["TEST"]["NAME"] = str(path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Commit whatever is sent on PostgreSQL: results are recorded over a connection of their own there."""
    if django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        for item in items:
            if "sink" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.django_db(transaction=True), append=False)


@pytest.fixture(autouse=True)
def quick_and_quiet(
    settings: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Use nothing outside of the test databases, and nothing left from another test."""
    from challenge.delivery.throttle import circuit_breaker

    settings.SMTP_TIMEOUT, settings.INBOX_DIR, settings.REDIS_URL = 2, "", ""
    settings.EVEN_SECONDS = 0
    settings.MARKS_DIR = tmp_path_factory.getbasetemp() / "marks"
    settings.ERASED_FILE = tmp_path_factory.getbasetemp() / f"erased-{uuid4()}"
    settings.ADDRESS_HASH_KEY_FILE = tmp_path_factory.getbasetemp() / "address-hash-key"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(circuit_breaker, "memory", circuit_breaker.Memory())
    logging.getLogger("mail").setLevel(logging.WARNING)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def sink(settings: Any) -> Iterator[SmtpServer]:
    """The site's mail server: a real one that keeps what it is given."""
    with SmtpServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def server(sink: SmtpServer, settings: Any) -> SmtpServer:
    """A mail server that misbehaves by a script. SMTP_TIMEOUT is three quarters of a second."""
    settings.SMTP_TIMEOUT = 0.75
    return sink


@pytest.fixture(scope="session")
def course_rows() -> Any:
    from challenge.models import Article, Day, Program, Revision, Stretch, StretchVersion
    from tests.support.kept_rows import KeptRows

    return KeptRows((Program, Article, Stretch, StretchVersion, Day, Revision, Revision.stretches.through))


@pytest.fixture
def program(db: None, course_rows: Any) -> Any:
    """The whole course, as it ships: loaded once, then put back row by row."""
    from challenge.curriculum.course import CONTENT
    from challenge.curriculum.load import load
    from challenge.models import Program

    if not course_rows.restore():
        load(CONTENT / "reset-21", NOW)
        course_rows.keep()
    return Program.objects.get()


@pytest.fixture
def enroll(program: Any) -> Enroll:
    """Make a confirmed, active runner: enroll("alice", send_at=time(7), time_zone="Europe/London")."""
    from accounts.models import Consent, User, give_consents
    from challenge import schedule
    from challenge.models import Enrollment

    def make(
        name: str,
        *,
        send_at: time = time(7, 0),
        time_zone: str = "Europe/London",
        starts_on: date | None = None,
        now: datetime = NOW,
        health: bool = True,
        state: str = Enrollment.State.ACTIVE,
    ) -> Enrollment:
        runner = User.objects.create_user(f"{name}@example.com", first_name=name.capitalize())
        purposes = [Consent.Purpose.MAIL, *([Consent.Purpose.HEALTH] if health else [])]
        give_consents(runner, purposes, Consent.Form.SIGN_UP, now)
        enrollment = Enrollment(
            runner=runner,
            program=program,
            state=state,
            starts_on=starts_on or now.date(),
            send_at=send_at,
            time_zone=time_zone,
            created_at=now,
            confirmed_at=now,
        )
        if state == Enrollment.State.ACTIVE:
            enrollment.next_due_at = schedule.first_due(enrollment.starts_on, now, send_at, enrollment.zone)
        enrollment.save()
        return enrollment

    return make


@pytest.fixture
def alice(enroll: Enroll) -> Any:
    return enroll("alice")


@pytest.fixture
def bob(enroll: Enroll) -> Any:
    return enroll("bob", time_zone="America/New_York", send_at=time(6, 30))


@pytest.fixture
def charlie(enroll: Enroll) -> Any:
    return enroll("charlie", time_zone="Pacific/Auckland", send_at=time(20, 15))


@pytest.fixture
def trio(enroll: Enroll) -> list[Any]:
    return [enroll(name) for name in ("alice", "bob", "charlie")]


@pytest.fixture
def coach(client: Any, settings: Any) -> Any:
    from accounts.models import User

    settings.TIME_ZONE = "UTC"
    client.force_login(User.objects.create_superuser("coach@example.com", "x"))
    return client


@pytest.fixture
def go(sink: SmtpServer) -> Callable[[datetime], None]:
    """Plan and send everything that is due at an instant, as the workers would."""
    from challenge.delivery.plan import plan
    from challenge.delivery.send import send_batch
    from challenge.delivery.smtp.transport import Transport

    def run(at: datetime) -> None:
        while plan(at):
            pass
        with Transport() as transport:
            while send_batch(transport, lambda: at):
                pass

    return run


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis of the test run's own."""
    from challenge.runtime.redis import serve

    with serve(Path(tmp_path_factory.mktemp("redis"))) as url:
        yield url


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Any]:
    """A Redis that a test may empty and kill."""
    from challenge.runtime.redis import Server

    server = Server(tmp_path / "redis")
    server.start()
    yield server
    server.close()


@pytest.fixture
def clock(now: datetime) -> Iterator[Any]:
    """The whole process at NOW; `clock.move_to(instant)` travels on."""
    import time_machine

    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest, db: None, client: Any, sink: SmtpServer, go: Any, clock: Any
) -> Any:
    """Somebody at the sign-up page; the course has its lessons where a test asks for `program`."""
    from challenge.models import Program
    from tests.support.visitor import Visitor

    if "program" not in request.fixturenames:
        Program.objects.create(slug="reset-21", title="The 21-Day Runner Reset", length=21)
    return Visitor(client, sink, go, clock)


@pytest.fixture
def runner(client: Any, alice: Any, sink: SmtpServer, go: Any, clock: Any, now: datetime) -> Any:
    from tests.support.visitor import Runner

    go(now)
    return Runner(client, sink.mails[0])


@pytest.fixture
def owner(client: Any, alice: Any, sink: SmtpServer, go: Any, clock: Any, now: datetime) -> Any:
    """Alice, who has got day 1, at the page of one's own."""
    from tests.support.own_page import Owner

    go(now)
    return Owner(client, alice, sink, go, clock)
