"""P1, P2, P4, P5b, P6b: mails a second, beside raw smtplib and beside postfix's smtp-source."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from bench import sinks
from bench.celery_workers import CeleryWorkers
from bench.processes import LONGEST_RUN
from bench.results import Rate, Row, paired, per_second
from bench.run import BenchmarkRun, in_words

FAR_SECONDS = 0.005
OURS = {workers: f"ours, {workers} worker{'s' if workers > 1 else ''}" for workers in (1, 2, 3, 4)}
SMTPLIB = {1: "raw smtplib, 1 process", 2: "raw smtplib, 2 processes"}
CELERY = "ours, 2 Celery workers"
SOURCE = "smtp-source (C), 2 sessions"
FAR_OURS, FAR_SMTPLIB = "ours, 2 workers, 5 ms away", "raw smtplib, 1 connection, 5 ms away"

Side = Callable[[], float]


def measure(run: BenchmarkRun) -> None:
    if run.wants("P1", "P2", "P4", "P6b"):
        with sinks.fastest() as port, CeleryWorkers(run, port) as celery:
            _in_turn(run, _near(run, port, celery), run.scale.rate_mails)
    if run.wants("P5b"):
        with sinks.our_own(delay=FAR_SECONDS) as port:
            _in_turn(run, _far(run, port), run.scale.far_mails)
    _compare(run)


def _near(run: BenchmarkRun, port: int, celery: CeleryWorkers) -> dict[str, Side]:
    mails = run.scale.rate_mails
    sides: list[tuple[tuple[str, ...], str, Side]] = [
        (("P1", "P6b"), OURS[2], lambda: run.ours(2, mails, port)),
        (("P6b",), CELERY, lambda: celery.send(mails)),
        (("P1",), SMTPLIB[2], lambda: run.smtplib(2, mails, port)),
        (("P2",), OURS[1], lambda: run.ours(1, mails, port)),
        (("P2",), SMTPLIB[1], lambda: run.smtplib(1, mails, port)),
        (("P4",), OURS[4], lambda: run.ours(4, mails, port)),
    ]
    if source := sinks.tool("smtp-source"):
        sides.append((("P4",), SOURCE, lambda: smtp_source(source, run.message, mails, port)))
    elif run.wants("P4"):
        run.leave_out("P4, as smtp-source is not installed (Debian: postfix)")
    if run.scale.three_workers and run.wants("P1") and run.wants("P2"):
        sides.append((("P4",), OURS[3], lambda: run.ours(3, mails, port)))
    return {name: side for keys, name, side in sides if run.wants(*keys)}


def _far(run: BenchmarkRun, port: int) -> dict[str, Side]:
    return {
        FAR_OURS: lambda: run.ours(2, run.scale.far_mails, port),
        FAR_SMTPLIB: lambda: run.smtplib(1, run.scale.far_smtplib_mails, port),
    }


def smtp_source(program: str, message: Path, mails: int, port: int) -> float:
    """Return mails a second of two sessions, each on one connection."""
    what = ["-d", "-s", "2", "-m", str(mails), "-F", str(_with_bare_ends(message))]
    who = ["-f", "coach@example.org", "-t", "runner-1@example.com", f"127.0.0.1:{port}"]
    begun = perf_counter()
    subprocess.run([program, *what, *who], check=True, capture_output=True, timeout=LONGEST_RUN)
    return mails / (perf_counter() - begun)


def _with_bare_ends(message: Path) -> Path:
    """Write the message as smtp-source reads it: it ends each line with CRLF by itself."""
    path = message.with_suffix(".lf")
    if not path.exists():
        path.write_bytes(message.read_bytes().replace(b"\r\n", b"\n"))
    return path


def _in_turn(run: BenchmarkRun, sides: dict[str, Side], mails: int) -> None:
    runs: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(run.scale.rounds):
        for name, side in sides.items():
            runs[name].append(side())
            run.progress(f"round {number + 1} of {run.scale.rounds}: {name}: {per_second(runs[name][-1])}")
    for name, rates in runs.items():
        count = run.scale.far_smtplib_mails if name == FAR_SMTPLIB else mails
        run.found.rates[name] = Rate(name, rates, count)


def _compare(run: BenchmarkRun) -> None:
    for key, what, ours, theirs, bound in (
        ("P1", "Two workers, end to end", OURS[2], SMTPLIB[2], 1.0),
        ("P2", "One worker, end to end", OURS[1], SMTPLIB[1], 0.9),
        ("P4", "Four workers on two cores", OURS[4], SOURCE, 0.55),
        ("P5b", "A server that takes 5 ms for each message, two workers", FAR_OURS, FAR_SMTPLIB, 10.0),
        ("P6b", "The same through two Celery workers", CELERY, OURS[2], 0.9),
    ):
        we, they = run.found.rates.get(ours), run.found.rates.get(theirs)
        if we and they and run.wants(key):
            beside = f"{theirs}: {per_second(they.median)}"
            ratio = paired(we.runs, they.runs)
            note = f"runs: {in_words(we.runs)} beside {in_words(they.runs)}"
            row = Row(key, what, per_second(we.median), beside, ratio, ">=", bound, note)
            run.found.rows.append(row)
