"""P6: the cost of finding who is due, as the table of enrollments grows; and of claiming all that is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from bench import queued_lessons
from bench.results import Point, Row
from bench.run import BenchmarkRun
from challenge.delivery.claim import claim
from challenge.delivery.plan import plan
from challenge.models import Delivery, Enrollment

DUE = 500
# Spread over a day, as runners in all zones are.
LATER = "now() + interval '1 hour' + random() * interval '23 hours'"
FIND, PLAN = "finding 500 due", "planning 500 due"
SMALLEST_JUDGED = 100_000


def measure(run: BenchmarkRun) -> None:
    """Measure with 500 due in tables of growing size, then claim everything in a full ledger."""
    _claim_all(run)
    queued_lessons.clear()
    for size in run.scale.tables:
        begun = perf_counter()
        _grow(size)
        grown = perf_counter() - begun
        found, planned = _look(run.scale.looks)
        run.found.curves.setdefault(FIND, []).append(Point(size, found))
        run.found.curves.setdefault(PLAN, []).append(Point(size, planned))
        run.progress(f"{DUE} of {size:,}, filled in {grown:.0f} s: found in {found:.2f} ms")
    Enrollment.objects.filter(next_due_at__lte=timezone.now()).update(
        next_due_at=timezone.now() + queued_lessons.NOT_DUE
    )
    small = max(size for size in run.scale.tables if size <= SMALLEST_JUDGED)
    large = max(run.scale.tables)
    for what, name in (("Finding 500 due", FIND), ("Finding and planning 500 due", PLAN)):
        times = {point.size: point.milliseconds for point in run.found.curves[name]}
        we, beside = f"{times[large]:.2f} ms", f"among {small:,}: {times[small]:.2f} ms"
        ratio = times[large] / times[small]
        run.found.rows.append(Row("P6", f"{what} among {large:,}", we, beside, ratio, "<=", 2.0))


def _grow(size: int) -> None:
    """Fill the table up to `size`; the first 500 are due, the rest later on."""
    with _bulk():
        queued_lessons.enroll(size, next_due=LATER, agreed=False)
    queued_lessons.settle_down(User, Enrollment)
    first = Enrollment.objects.order_by("id")[:DUE].values("id")
    Enrollment.objects.filter(id__in=first).update(next_due_at=timezone.now())


@contextmanager
def _bulk() -> Iterator[None]:
    """Add ten million rows in minutes: copies of a good one, so that no foreign key is checked, with the
    indexes built afterwards."""
    tables = [User._meta.db_table, Enrollment._meta.db_table]
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [tables],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ALTER SYSTEM RESET max_wal_size")
        cursor.execute("SELECT pg_reload_conf()")


def _look(looks: int) -> tuple[float, float]:
    """Return milliseconds, the medians of some looks: of the planner's query, and of the whole planner."""
    finding: list[float] = []
    planning: list[float] = []
    for _ in range(looks):
        timer = QueryTimer()
        with transaction.atomic():
            begun = perf_counter()
            with connection.execute_wrapper(timer):
                plan(timezone.now(), DUE)
            planning.append((perf_counter() - begun) * 1000)
            if Delivery.objects.count() != DUE:
                raise RuntimeError("the planner did not plan what was due")
            transaction.set_rollback(True)
        finding.append(timer.milliseconds)
    return median(finding), median(planning)


class QueryTimer:
    def __init__(self) -> None:
        self.milliseconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = perf_counter()
        result = execute(sql, params, many, context)
        if not self.milliseconds and "FOR UPDATE" in sql and Enrollment._meta.db_table in sql:
            self.milliseconds = (perf_counter() - begun) * 1000
        return result


def _claim_all(run: BenchmarkRun) -> None:
    queued_lessons.enroll(run.scale.claimed)
    queued_lessons.queue(run.scale.claimed)
    begun, claimed = perf_counter(), 0
    while batch := claim(timezone.now(), settings.BATCH_SIZE):
        claimed += len(batch)
    took = perf_counter() - begun
    if claimed != run.scale.claimed:
        raise RuntimeError(f"{claimed} of {run.scale.claimed} were claimed")
    run.found.facts["claiming"] = f"all of {claimed:,} due, {settings.BATCH_SIZE} at a time: {took:.1f} s"
    run.progress(f"claimed all of {claimed:,} due in {took:.1f} s")
