"""The readiness to send mail, part by part, for an outside monitor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from challenge.broker import redis_client
from challenge.models.heartbeat import Heartbeat, last
from challenge.monitoring.timeout import within

BROKER_SECONDS = 1
PLANNER_LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Part:
    """One part of the system, with a text that reveals no runners and no secrets."""

    name: str
    is_well: bool
    says: str


def parts(now: datetime) -> list[Part]:
    """Check every part. The broker gets a second in all; the monitor notices a database that hangs."""
    database, planner = _planner(now)
    return [database, _part("broker", _ask_broker), planner]


def _part(name: str, ask: Callable[[], None]) -> Part:
    try:
        ask()
    except Exception as error:  # any error of a client means no answer; its text may name hosts and users
        return Part(name, False, f"does not answer ({type(error).__name__})")
    return Part(name, True, "answers")


def _ask_broker() -> None:
    def ping() -> None:
        with redis_client() as client:
            client.ping()

    within(BROKER_SECONDS, ping)


def _planner(now: datetime) -> tuple[Part, Part]:
    """Query how long ago the planner used the database, in one statement."""
    looks: list[datetime | None] = []
    database = _part("database", lambda: looks.append(last(Heartbeat.Name.PLANNER)))
    if not looks:
        return database, Part("planner", False, "not known without the database")
    if looks[0] is None:
        return database, Part("planner", False, "has not looked yet")
    age = now - looks[0]
    detail = f"looked {max(0, round(age.total_seconds()))} s ago"
    return database, Part("planner", age <= PLANNER_LATE, detail)
