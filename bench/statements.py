"""P9: the statements of a worker, as PostgreSQL's log has them, and when they come."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from bench import queued_lessons, sinks
from bench.processes import race
from bench.results import Row
from bench.run import BenchmarkRun, check_all_sent
from challenge.models import Delivery

# The server answers each message this late. A statement in the middle of that time delays its answer; one
# that was logged just before the message left may still run when that time begins.
DELAY, AFTER, BEFORE = 0.02, 0.008, 0.002
LINE = re.compile(r"(\d+\.\d+) (\d+) LOG:  (?:statement|execute [^:]*): (.*)")
LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\$\d+")


@dataclass(frozen=True)
class Statement:
    """One statement as the server's log has it: seconds since 1970, the backend's process, the text."""

    at: float
    process: int
    text: str

    @property
    def shape(self) -> str:
        """The statement without its values."""
        return re.sub(r"\?(, ?\(?\?\)?)+", "?", LITERAL.sub("?", self.text))[:200]


def measure(run: BenchmarkRun) -> None:
    """Count the statements of one worker on one connection, and look when they come."""
    mails = run.scale.counted_mails
    arrivals = run.services.folder / "arrivals.log"
    with sinks.our_own(log=arrivals, delay=DELAY) as port:
        racer = run.racer("bench.senders", "ours", port=port, SMTP_CONNECTIONS="1")
        queued_lessons.queue(mails)
        with _written_down(run.services.server_log) as statements:
            race([racer])
        check_all_sent(mails)
    _judge(run, mails, statements, [float(line.split()[0]) for line in arrivals.read_text().splitlines()])


@contextmanager
def _written_down(log: Path) -> Iterator[list[Statement]]:
    """Let the server log every statement; those of others than this process are in the list afterwards."""
    statements: list[Statement] = []
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
        cursor.execute("ALTER SYSTEM SET log_line_prefix = '%n %p '")
        cursor.execute("SELECT pg_reload_conf(), pg_backend_pid()")
        ourselves = cursor.fetchone()[1]
        begin = log.stat().st_size
        yield statements
        cursor.execute("ALTER SYSTEM RESET log_statement")
        cursor.execute("ALTER SYSTEM RESET log_line_prefix")
        cursor.execute("SELECT pg_reload_conf()")
    with log.open(errors="replace") as lines:
        lines.seek(begin)
        # A statement of several lines goes on behind a tab.
        for line in lines.read().replace("\n\t", " ").splitlines():
            if (found := LINE.match(line)) and int(found[2]) != ourselves:
                statements.append(Statement(float(found[1]), int(found[2]), " ".join(found[3].split())))


def _judge(run: BenchmarkRun, mails: int, statements: Sequence[Statement], arrivals: Sequence[float]) -> None:
    shapes = Counter(statement.shape for statement in statements)
    each = {shape: count for shape, count in shapes.items() if count >= mails / 2}
    of_mails = sum(each.values()) / mails
    ledger = Delivery._meta.db_table
    batches = sum("SKIP LOCKED" in s.text and ledger in s.text for s in statements) or 1
    others = (len(statements) - sum(each.values())) / batches
    on_wire = sum(_is_on_wire(statement.at, arrivals) for statement in statements)
    what = f"{len(statements):,} for {mails:,} mails in {batches} batches: {others:.0f} a batch besides"
    run.found.rows += [
        Row("P9", "Statements for each mail", f"{of_mails:.2f}", what, of_mails, "<=", 1.0, "; ".join(each)),
        Row(
            "P9",
            "Statements that begin while a message is on the wire",
            str(on_wire),
            f"{len(arrivals):,} messages, each answered {DELAY * 1000:.0f} ms late",
            on_wire,
            "<=",
            0,
        ),
    ]
    run.progress(f"statements: {of_mails:.2f} a mail, {others:.1f} a batch, {on_wire} on the wire")
    for shape, count in shapes.most_common(30):
        run.detail(f"{count:6} {shape}")


def _is_on_wire(at: float, arrivals: Sequence[float]) -> bool:
    return any(arrival + AFTER < at < arrival + DELAY - BEFORE for arrival in arrivals)
