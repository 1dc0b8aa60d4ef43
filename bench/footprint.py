"""P13: the memory of everything but the database on a small server, and the time until it is ready.

Proportional set sizes (PSS): what processes share counts once, a part for each.
"""

import os
from pathlib import Path
from time import monotonic, perf_counter, sleep

import psutil
from redis import Redis

from bench import queued_lessons, sinks
from bench.celery_workers import waiting
from bench.processes import LONGEST_RUN
from bench.results import Row
from bench.run import BenchmarkRun, check_all_sent
from bench.site import LONGEST_START, Site
from challenge.runtime.readiness import web_answers, worker_answers
from challenge.tasks import send
from tests.support.workers import wait_until

NODE = "footprint@bench"
MOST_MB, MOST_SECONDS = 400.0, 5.0
# What people ask for most; each visitor asks for all of them in turn.
PATHS = ("/", "/library/", "/faq/", "/about/", "/sample/", "/links/", "/privacy/", "/sent/")
VISITORS = 8  # as many as gunicorn has threads


def measure(run: BenchmarkRun) -> None:
    """Start what the Procfile says, use it, and look at its processes."""
    folder = run.services.folder
    with sinks.our_own() as port, Site(folder, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        ready = _start(site, folder)
        visitors = [site.visitor() for _ in range(VISITORS)]
        for number in range(run.scale.requests):
            answer = visitors[number % VISITORS].get(PATHS[number // VISITORS % len(PATHS)])
            if answer.status != 200:
                raise RuntimeError(f"{PATHS[number // VISITORS % len(PATHS)]} answered {answer.status}")
        _send(run.scale.counted_mails)
        sizes = {
            name: sum(map(_pss, site.family(process))) / 2**20 for name, process in site.processes.items()
        }
        with Redis(unix_socket_path=str(run.services.redis_socket)) as redis:
            sizes["redis"] = _pss(psutil.Process(redis.info("server")["process_id"])) / 2**20
    _judge(run, ready, sizes)


def _start(site: Site, folder: Path) -> float:
    """Return the seconds until the web, both processes of the worker and beat do their work."""
    beat = folder / "var" / "beat"
    beat.parent.mkdir(exist_ok=True)
    begun = perf_counter()
    site.start("web")
    site.start("worker", "--hostname", NODE)
    site.start("beat")
    ready = [
        lambda: web_answers(site.port, os.environ["SITE_URL"]),
        beat.exists,
        lambda: worker_answers(NODE),
    ]
    for is_ready in ready:
        wait_until(is_ready, LONGEST_START, "all of it is ready")
    return perf_counter() - begun


def _send(mails: int) -> None:
    queued_lessons.queue(mails)
    send.delay()
    end = monotonic() + LONGEST_RUN
    while waiting():
        if monotonic() > end:
            raise RuntimeError(f"the worker hangs: {queued_lessons.ledger()}")
        sleep(0.05)
    check_all_sent(mails)


def _pss(process: psutil.Process) -> int:
    return int(process.memory_full_info().pss)


def _judge(run: BenchmarkRun, ready: float, sizes: dict[str, float]) -> None:
    whole = sum(sizes.values())
    each = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    used = f"after {run.scale.requests:,} requests and {run.scale.counted_mails:,} mails"
    what = f"Memory of gunicorn (2 x 4), a worker with 2, beat and Redis {used}"
    run.found.rows += [
        Row("P13", what, f"{whole:.0f} MB ({each})", f"{MOST_MB:g} MB", whole / MOST_MB, "<=", 1.0),
        Row(
            "P13",
            "Time until all of it is ready",
            f"{ready:.1f} s",
            f"{MOST_SECONDS:g} s",
            ready / MOST_SECONDS,
            "<=",
            1.0,
        ),
    ]
    run.progress(f"{whole:.0f} MB ({each}), ready after {ready:.1f} s")
