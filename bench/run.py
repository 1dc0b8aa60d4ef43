"""One run of the benchmark, which every measure gets: services, sizes, senders and its findings."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench import queued_lessons
from bench.processes import Racer, race
from bench.results import Findings
from challenge.models import Delivery
from tests.support.postgres_and_redis import Services


@dataclass(frozen=True)
class Scale:
    """Counts are of mails, `rounds` of runs in turn, `tables` of enrollments. The defaults are those of
    docs/performance.md."""

    rounds: int = 5
    most_workers: int = 4  # of ours beside each other
    three_workers: bool = True  # also with three of them, between two and four
    rate_mails: int = 10_000
    far_mails: int = 10_000  # to the far-away server, by us
    far_smtplib_mails: int = 500  # and by smtplib, which gets 170 a second through there
    peer_mails: int = 10_000
    installs: bool = True  # the peers' environment, where it is missing
    composed: int = 1000
    tables: tuple[int, ...] = (1000, 10_000, 100_000, 1_000_000, 10_000_000)
    looks: int = 7  # at each of the tables
    claimed: int = 100_000
    burst_mails: int = 100_000
    with_beat: bool = True
    counted_mails: int = 1000
    asked: int = 40  # times for each state of an address
    requests: int = 1000


FULL = Scale()
# Enough to see that it all runs: one worker stands for several. Beat is left out of the burst, as it looks
# every ten seconds.
SMALL = Scale(1, 1, False, 60, 60, 20, 60, False, 20, (1000, 2000), 2, 500, 200, False, 120, 3, 20)


@dataclass
class BenchmarkRun:
    services: Services
    scale: Scale
    wanted: frozenset[str]
    found: Findings
    message: Path  # a composed lesson, ready bytes
    begun: float
    verbose: bool = False

    def wants(self, *keys: str) -> bool:
        return bool(self.wanted & set(keys))

    def progress(self, words: str) -> None:
        print(f"[{perf_counter() - self.begun:5.0f} s] {words}", file=sys.stderr, flush=True)

    def leave_out(self, what: str) -> None:
        self.found.left_out.append(what)
        self.progress(f"LEFT OUT: {what}")

    def detail(self, words: str) -> None:
        """Print a line that only --verbose shows."""
        if self.verbose:
            print(words, file=sys.stderr, flush=True)

    def racer(self, *arguments: str, port: int, **environ: str) -> Racer:
        """Start a Python module that waits for the start and sends to the port."""
        log = self.services.folder / f"{arguments[0]}-{perf_counter():.6f}.log"
        environ = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", **environ}
        return Racer([sys.executable, "-m", *arguments], environ, log)

    def workers(self, wanted: int) -> int:
        return min(wanted, self.scale.most_workers)

    def ours(self, workers: int, mails: int, port: int) -> float:
        """Return mails a second of so many of our processes, from the start until the last is recorded."""
        racers = [self.racer("bench.senders", "ours", port=port) for _ in range(self.workers(workers))]
        queued_lessons.queue(mails)
        rate = mails / race(racers)
        check_all_sent(mails)
        return rate

    def smtplib(self, processes: int, mails: int, port: int) -> float:
        """Return mails a second of so many processes of raw smtplib."""
        each = mails // processes
        arguments = ("bench.senders", "smtplib", str(port), str(each), str(self.message))
        racers = [self.racer(*arguments, port=port) for _ in range(processes)]
        return each * processes / race(racers)


def check_all_sent(mails: int) -> None:
    """Raise unless the ledger says that every mail was sent: a rate of mails that failed is none."""
    if (states := queued_lessons.ledger()) != {Delivery.State.SENT: mails}:
        raise RuntimeError(f"not every one of {mails} mails was sent: {states}")


def in_words(runs: Sequence[float]) -> str:
    return ", ".join(f"{run:,.0f}" for run in runs)
