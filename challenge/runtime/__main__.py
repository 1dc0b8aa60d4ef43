"""`python -m challenge.runtime`: what `bin/dev` runs once the packages are there.

With arguments it is `manage.py` with the settings of `bin/dev`: `bin/dev shell`.
"""

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
from challenge.runtime.environment import BASE_DIR, Arrangement, StartError, arrange, require_free
from challenge.runtime.processes import Supervisor
from challenge.runtime.redis import RedisError, command

READY_SECONDS = 120


def main(arguments: list[str]) -> int:
    """Start everything and stay until it ends; the exit code."""
    try:
        arrangement = arrange(os.environ)
        if arguments:
            manage = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
            os.execve(sys.executable, manage, arrangement.environ)
        require_free(arrangement.port)
        lock = only_one(arrangement)
        os.environ.update(arrangement.environ)
        addresses = prepare(arrangement)
        with lock:
            return supervise(arrangement, addresses)
    except (StartError, RedisError) as error:
        print(f"Runner Reset did not start. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def only_one(arrangement: Arrangement) -> TextIO:
    """The lock of this VAR_DIR; it ends with its process, however that ends."""
    arrangement.run.mkdir(mode=0o700, exist_ok=True)
    lock = (arrangement.run / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StartError(
            f"It runs already on the data in {arrangement.var}. Stop that one first, or keep the data of "
            "a second one elsewhere: VAR_DIR=/another/folder PORT=8001 bin/dev"
        ) from error
    return lock


def prepare(arrangement: Arrangement) -> str:
    """Bring the database, the course and the coach up to date; the lines that say where things are."""
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
        login = coach.ensure(arrangement.var / "coach-login")
    except (CommandError, DatabaseError) as error:
        raise StartError(str(error)) from error
    finally:
        connections.close_all()
    lines = {"Site": arrangement.url + "/", "Admin": arrangement.url + reverse("admin:index"), "Coach": login}
    if arrangement.inbox_port:
        lines["Inbox"] = arrangement.url + reverse("inbox:list")
    return "\n".join(f"{name + ':':<8}{text}" for name, text in lines.items())


def supervise(arrangement: Arrangement, addresses: str) -> int:
    """Run the processes until a signal or a death; the exit code."""
    for leftover in (trace_of(arrangement), arrangement.redis_socket):
        if leftover:
            leftover.unlink(missing_ok=True)
    supervisor = Supervisor("redis", partial(announce, arrangement, addresses), replaced=["worker"])
    for name, arguments in commands(arrangement).items():
        supervisor.add_process(
            name, f"exec {shlex.join(arguments)}", env=arrangement.environ, cwd=str(BASE_DIR)
        )
    code = supervisor.run()
    if arrangement.redis_socket and arrangement.redis_socket.parent != arrangement.run:
        with suppress(OSError):
            arrangement.redis_socket.parent.rmdir()
    if supervisor.died:
        print(f"{supervisor.died} ended by itself, so everything else was stopped.", file=sys.stderr)
    else:
        print("Stopped.")
    return code


def commands(arrangement: Arrangement) -> dict[str, list[str]]:
    """The command line of each process, by its name."""
    manage = [sys.executable, "manage.py"]
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "challenge.celery"]
    wanted = {
        "web": [*manage, "runserver", f"127.0.0.1:{arrangement.port}"],
        "worker": [
            *(*celery, "worker", "--concurrency", "2", "--hostname", node_of(arrangement)),
            *("--without-mingle", "--without-gossip", "--without-heartbeat"),
        ],
        "beat": [
            *(*celery, "beat", "--scheduler", "challenge.runtime.beat.Scheduler"),
            *("--schedule", str(trace_of(arrangement))),
        ],
    }
    if arrangement.inbox_port:
        wanted["inbox"] = [*manage, "inbox", "--port", str(arrangement.inbox_port)]
    if arrangement.redis_socket:
        wanted["redis"] = command(arrangement.redis_socket)
    return wanted


def node_of(arrangement: Arrangement) -> str:
    """The worker's name: one that no other worker has on a Redis that is shared."""
    return f"embedded-{os.getpid()}@{arrangement.port}"


def trace_of(arrangement: Arrangement) -> Path:
    """The file that shows that beat runs."""
    return arrangement.run / "beat"


def announce(arrangement: Arrangement, addresses: str, supervisor: Supervisor) -> None:
    """Wait until all of it answers, then print the addresses and the line `ready URL`."""
    checks: dict[str, Callable[[], bool]] = {
        "web": partial(readiness.web, arrangement.port, arrangement.environ["SITE_URL"]),
        "worker": partial(readiness.worker, node_of(arrangement)),
        "beat": partial(readiness.beat, trace_of(arrangement)),
    }
    if arrangement.inbox_port:
        checks["inbox"] = partial(readiness.smtp, arrangement.inbox_port)
    missing = readiness.wait_for(checks, supervisor.stopping, READY_SECONDS)
    if missing:
        supervisor.say(f"Not ready after {READY_SECONDS} seconds: {', '.join(missing)}. See the lines above.")
    elif missing is not None:
        supervisor.say(f"\n{addresses}\nready {arrangement.url}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
