"""What every measure is given: the ground, the scale, the processes that send, and a place for figures."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench import queued_lessons
from bench.processes import Runner, race
from bench.results import Findings
from bench.scale import Scale
from challenge.models import Delivery
from tests.support.services import Ground


@dataclass
class Stage:
    """One run of the benchmark."""

    ground: Ground
    scale: Scale
    wanted: frozenset[str]
    found: Findings
    message: Path  # a composed lesson, ready bytes
    begun: float
    verbose: bool = False

    def wants(self, *keys: str) -> bool:
        """Whether one of these measures was asked for."""
        return bool(self.wanted & set(keys))

    def say(self, what: str) -> None:
        """A line of progress."""
        print(f"[{perf_counter() - self.begun:5.0f} s] {what}", file=sys.stderr, flush=True)

    def leave_out(self, what: str) -> None:
        self.found.left_out.append(what)
        self.say(f"LEFT OUT: {what}")

    def detail(self, what: str) -> None:
        """A line that only --verbose shows."""
        if self.verbose:
            print(what, file=sys.stderr, flush=True)

    def runner(self, name: str, *arguments: str, port: int, **environ: str) -> Runner:
        """Start a Python module that waits for the word and sends to the port."""
        log = self.ground.folder / f"{name}-{perf_counter():.6f}.log"
        environ = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", **environ}
        return Runner([sys.executable, "-m", *arguments], environ, log)

    def ours(self, workers: int, mails: int, port: int) -> float:
        """Mails a second of so many processes of ours, from the word until the last is recorded."""
        runners = [self.runner("ours", "bench.sender", port=port) for _ in range(workers)]
        queued_lessons.queue(mails)
        rate = mails / race(runners)
        check_all_sent(mails)
        return rate

    def smtplib(self, processes: int, mails: int, port: int) -> float:
        """Mails a second of so many processes of raw smtplib."""
        each = mails // processes
        arguments = ("bench.smtplib_limit", str(port), str(each), str(self.message))
        runners = [self.runner("smtplib", *arguments, port=port) for _ in range(processes)]
        return each * processes / race(runners)


def check_all_sent(mails: int) -> None:
    """Raise unless the ledger says that every mail was sent: a rate of mails that failed is none."""
    if (states := queued_lessons.ledger()) != {Delivery.State.SENT: mails}:
        raise RuntimeError(f"not every one of {mails} mails was sent: {states}")


def in_words(runs: Sequence[float]) -> str:
    return ", ".join(f"{run:,.0f}" for run in runs)
