"""P5: what it costs to make one message, beside Django's own way. Twenty runners have as many lists of what
is left out for them; Django's mails are whole."""

import re
from statistics import median
from time import perf_counter

from django.utils import timezone

from bench import sample_mail
from bench.peers.mail import make_message
from bench.results import Row
from bench.run import BenchmarkRun
from challenge.mail.compose import compose

BOUND = 0.06
BLOCK = 20


def measure(run: BenchmarkRun) -> None:
    """Compose the same lesson both ways, in blocks in turn, in this process."""
    deliveries, revision = sample_mail.with_less(BLOCK)
    for_peers = sample_mail.for_peers()
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(max(run.scale.composed // BLOCK, 1)):
        begun = perf_counter()
        for delivery in deliveries:
            message = compose(delivery, revision, timezone.now(), sample_mail.GREETING)
        between = perf_counter()
        for number in range(BLOCK):
            other = make_message(for_peers, number, "runner-1@example.com").message().as_bytes()
        ours.append((between - begun) / BLOCK * 1000)
        theirs.append((perf_counter() - between) / BLOCK * 1000)
    # The first runner gets all of it, as Django's do.
    message = compose(deliveries[0], revision, timezone.now(), sample_mail.GREETING)
    we, they = median(ours), median(theirs)
    run.found.rows.append(
        Row(
            "P5",
            f"Composing one mail of {len(message):,} bytes with {len(_signed(message))} signed links",
            f"{we:.3f} ms",
            f"Django, {len(other):,} bytes, 8 signed links: {they:.3f} ms",
            median(mine / its for mine, its in zip(ours, theirs, strict=True)),
            "<=",
            BOUND,
        )
    )
    run.progress(f"composing: {we:.3f} ms beside {they:.3f} ms")


def _signed(message: bytes) -> set[bytes]:
    unfolded = message.replace(b"=\r\n", b"")
    return set(re.findall(rb"https://reset\.example\.org/[\w./-]*~[\w/~-]*", unfolded))
