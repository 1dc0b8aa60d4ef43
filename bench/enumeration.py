"""A5: what a stranger learns of an address from the sign-up page and from the page for fresh links: nothing
by the bytes of the answer, and next to nothing by the time that it takes. The database is 1 ms away, so that
each statement more shows."""

import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone

from accounts.addresses import keyed_hash
from accounts.models import User
from bench import queued_lessons
from bench.results import Row
from bench.run import BenchmarkRun
from bench.site import Answer, Site, Visitor
from challenge.models import Delivery, Enrollment, Program, Suppression
from tests.support import ROOT, free_port
from tests.support.crowd import crowd
from tests.support.visitor import form

AWAY = 0.001
STATES = ("new", "pending", "active", "left", "suppressed")
PAGES = {"sign-up": "/", "links": "/links/"}
STATUS = {"sign-up": 200, "links": 302}
WARM = 3  # rounds that are not counted
BOUND_MS = 5.0
SEED = 5


def measure(run: BenchmarkRun) -> None:
    """Ask for each page with an address of each state, in turn and in a random order."""
    rounds = run.scale.asked + WARM
    with strangers():
        for state in STATES:
            make_known(state, rounds * len(PAGES))
        _ask_all(run, rounds)


def _ask_all(run: BenchmarkRun, rounds: int) -> None:
    with far_database() as url, Site(run.services.folder, DATABASE_URL=url) as site:
        site.start("web")
        site.await_web()
        for first, page in enumerate(PAGES):
            numbers = range(first * rounds, (first + 1) * rounds)
            _judge(run, page, *ask(site.visitor(), page, numbers))


@contextmanager
def strangers() -> Iterator[None]:
    """Let people be added, who are gone afterwards: other measures count on ids without gaps."""
    _reset_sequences()
    yield
    queued_lessons.clear()
    Suppression.objects.all().delete()
    User.objects.filter(email__endswith=".example.com").delete()
    _reset_sequences()


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [User, Enrollment]):
            cursor.execute(statement)


@contextmanager
def far_database() -> Iterator[str]:
    """Yield the URL of the database as one that is 1 ms away."""
    settings, port = connection.settings_dict, free_port()
    folder = str(settings["OPTIONS"].get("host") or settings["HOST"])
    path = next(str(path) for path in Path(folder).glob(".s.PGSQL.*") if path.is_socket())
    command = [sys.executable, "-m", "tests.support.far_server", str(port), path, str(AWAY)]
    proxy = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert proxy.stdout is not None
        proxy.stdout.readline()
        yield f"postgres://{settings['USER']}@127.0.0.1:{port}/{settings['NAME']}"
    finally:
        proxy.kill()
        proxy.wait()


def address(state: str, number: int) -> str:
    return f"runner-{number}@{state}.example.com"


def make_known(state: str, count: int) -> None:
    """Make so many addresses of a state, each to be asked for once: a second mail would not follow soon."""
    if state == "new":
        return
    enrollments = crowd(Program.objects.get(), count, domain=f"{state}.example.com")
    pks = [enrollment.pk for enrollment in enrollments]
    now, found = timezone.now(), Enrollment.objects.filter(pk__in=pks)
    found.update(next_due_at=now + timedelta(days=1))
    if state == "pending":
        found.update(state=Enrollment.State.PENDING, confirmed_at=None, next_due_at=None)
    elif state == "left":
        found.update(state=Enrollment.State.WITHDRAWN, next_due_at=None)
    if state == "suppressed":
        Suppression.objects.bulk_create(
            Suppression(address_hash=keyed_hash(address(state, number)), reason="bounced", created_at=now)
            for number in range(count)
        )
    if state in ("active", "suppressed"):
        sent = {"state": Delivery.State.SENT, "due_at": now, "try_at": now, "sent_at": now}
        Delivery.objects.bulk_create(
            Delivery.objects.prepare(Delivery.Kind.LESSON, now, enrollment, day=1)
            for enrollment in enrollments
        )
        Delivery.objects.filter(enrollment__in=pks).update(**sent)


def ask(visitor: Visitor, page: str, numbers: range) -> tuple[set[tuple[Answer, ...]], dict[str, float]]:
    """Return every different answer, with the page that it leads to if it does, and the median milliseconds
    of each state."""
    chance, answers = random.Random(SEED), set()
    times: dict[str, list[float]] = defaultdict(list)
    for number in numbers:
        for state in chance.sample(STATES, len(STATES)):
            fields = {"email": address(state, number)}
            if page == "sign-up":
                fields = form(**fields, starts_on=f"{timezone.now() + timedelta(days=2):%Y-%m-%d}")
            begun = perf_counter()
            answer = visitor.post(PAGES[page], fields)
            took = perf_counter() - begun
            if answer.status != STATUS[page]:
                raise RuntimeError(f"{page} answered {answer.status} to an address that is {state}")
            seen = [_without(answer, fields["email"])]
            if answer.status == 302:
                seen.append(visitor.get(dict(answer.headers)["Location"]))
            answers.add(tuple(seen))
            if number - numbers.start >= WARM:
                times[state].append(took * 1000)
    return answers, {state: median(each) for state, each in times.items()}


def _without(answer: Answer, typed: str) -> Answer:
    """Return an answer without the address that was typed, which the page after a sign-up repeats."""
    headers = tuple(header for header in answer.headers if header[0] != "Content-Length")
    return Answer(answer.status, headers, answer.body.replace(typed.encode(), b"..."))


def _judge(run: BenchmarkRun, page: str, answers: set[tuple[Answer, ...]], times: dict[str, float]) -> None:
    slow, fast = max(times, key=times.__getitem__), min(times, key=times.__getitem__)
    each = ", ".join(f"{state} {took:.1f} ms" for state, took in times.items())
    what = f"{page}: the median time of one state of an address beside another's, ms"
    we, beside = f"{slow}: {times[slow]:.1f} ms", f"{fast}: {times[fast]:.1f} ms"
    gap = times[slow] - times[fast]
    run.found.rows += [
        Row("A5", what, we, beside, gap, "<=", BOUND_MS, each),
        Row(
            "A5",
            f"{page}: answers that differ by the state of the address",
            str(len(answers) - 1),
            f"{run.scale.asked + WARM:,} of each of {len(STATES)} states",
            len(answers) - 1,
            "<=",
            0,
        ),
    ]
    run.progress(f"{page}, 1 ms from the database: {each}")
