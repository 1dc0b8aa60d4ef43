"""`python -m challenge.runtime`, which `bin/dev` runs once the packages are installed. Arguments go to
`manage.py`, with the settings of `bin/dev`: `bin/dev shell`."""

import fcntl
import os
import shlex
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TextIO

from challenge.runtime import readiness
from challenge.runtime.environment import BASE_DIR, DevSetup, StartError, choose_setup, require_free
from challenge.runtime.processes import Supervisor
from challenge.runtime.redis import RedisError, server_command

READY_SECONDS = 120


def main(arguments: list[str]) -> int:
    """Start everything, wait until it ends, and return the exit code."""
    try:
        setup = choose_setup(os.environ)
        if arguments:
            manage = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
            os.execve(sys.executable, manage, setup.environ)
        require_free(setup.port)
        lock = acquire_lock(setup)
        os.environ.update(setup.environ)
        addresses = prepare(setup)
        with lock:
            return supervise(setup, addresses)
    except (StartError, RedisError) as error:
        print(f"Runner Reset did not start. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def acquire_lock(setup: DevSetup) -> TextIO:
    """Take the lock of this VAR_DIR; it is released when the process ends, however that happens."""
    setup.run.mkdir(mode=0o700, exist_ok=True)
    lock = (setup.run / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StartError(
            f"It runs already on the data in {setup.var}. Stop that one first, or keep the data of "
            "a second one elsewhere: VAR_DIR=/another/folder PORT=8001 bin/dev"
        ) from error
    return lock


def prepare(setup: DevSetup) -> str:
    """Update the database, the course and the coach, and return the addresses to print."""
    import django

    django.setup()
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError, connections
    from django.urls import reverse

    from challenge.runtime import coach

    print("Preparing the database and the course ...", flush=True)
    try:
        call_command("migrate", verbosity=0)
        call_command("load_course")
        login = coach.ensure_coach(setup.var / "coach-login")
    except (CommandError, DatabaseError) as error:
        raise StartError(str(error)) from error
    finally:
        connections.close_all()
    lines = {"Site": setup.url + "/", "Admin": setup.url + reverse("admin:index"), "Coach": login}
    if setup.inbox_port:
        lines["Inbox"] = setup.url + reverse("inbox:list")
    return "\n".join(f"{name + ':':<8}{text}" for name, text in lines.items())


def supervise(setup: DevSetup, addresses: str) -> int:
    """Run the processes until a signal, or until one ends, and return the exit code."""
    for leftover in (beat_file(setup), setup.redis_socket):
        if leftover:
            leftover.unlink(missing_ok=True)
    supervisor = Supervisor("redis", partial(announce, setup, addresses), replaced=["worker"])
    for name, arguments in commands(setup).items():
        supervisor.add_process(name, f"exec {shlex.join(arguments)}", env=setup.environ, cwd=str(BASE_DIR))
    code = supervisor.run()
    if setup.redis_socket and setup.redis_socket.parent != setup.run:
        with suppress(OSError):
            setup.redis_socket.parent.rmdir()
    if supervisor.died:
        print(f"{supervisor.died} ended by itself, so everything else was stopped.", file=sys.stderr)
    else:
        print("Stopped.")
    return code


def commands(setup: DevSetup) -> dict[str, list[str]]:
    manage = [sys.executable, "manage.py"]
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "challenge.celery"]
    wanted = {
        "web": [*manage, "runserver", f"127.0.0.1:{setup.port}"],
        "worker": [
            *(*celery, "worker", "--concurrency", "2", "--hostname", worker_node(setup)),
            *("--without-mingle", "--without-gossip", "--without-heartbeat"),
        ],
        "beat": [
            *(*celery, "beat", "--scheduler", "challenge.runtime.beat.Scheduler"),
            *("--schedule", str(beat_file(setup))),
        ],
    }
    if setup.inbox_port:
        wanted["inbox"] = [*manage, "inbox", "--port", str(setup.inbox_port)]
    if setup.redis_socket:
        wanted["redis"] = server_command(setup.redis_socket)
    return wanted


def worker_node(setup: DevSetup) -> str:
    """Return the worker's name, unique on a Redis that others share."""
    return f"embedded-{os.getpid()}@{setup.port}"


def beat_file(setup: DevSetup) -> Path:
    return setup.run / "beat"


def announce(setup: DevSetup, addresses: str, supervisor: Supervisor) -> None:
    """Wait until every process answers, then print the addresses and the line `ready URL`."""
    checks: dict[str, Callable[[], bool]] = {
        "web": partial(readiness.web_answers, setup.port, setup.environ["SITE_URL"]),
        "worker": partial(readiness.worker_answers, worker_node(setup)),
        "beat": partial(readiness.beat_ticked, beat_file(setup)),
    }
    if setup.inbox_port:
        checks["inbox"] = partial(readiness.smtp_answers, setup.inbox_port)
    missing = readiness.wait_for(checks, supervisor.stopping, READY_SECONDS)
    if missing:
        supervisor.say(f"Not ready after {READY_SECONDS} seconds: {', '.join(missing)}. See the lines above.")
    elif missing is not None:
        supervisor.say(f"\n{addresses}\nready {setup.url}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
