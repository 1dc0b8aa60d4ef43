"""Work in threads."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

Work = Callable[[], object]


def together(*works: Work) -> None:
    """Run each in a thread with a database connection of its own, all from the same instant. Raise the
    failure of any. Code inside an event loop, where Django forbids queries, needs it too."""
    start = threading.Barrier(len(works))
    failures: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@contextmanager
def repeating(seconds: float, work: Callable[[], object]) -> Iterator[None]:
    over = threading.Event()

    def run() -> None:
        while not over.wait(seconds):
            work()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def in_thread(work: Work, errors: list[Exception]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except Exception as error:  # the test's own thread raises it
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def overlap(first: Work, second: Work) -> None:
    """Begin the second when the first has done its work but has not committed."""
    done, commit = threading.Event(), threading.Event()

    def held() -> None:
        with transaction.atomic():
            first()
            done.set()
            commit.wait(10)

    errors: list[Exception] = []
    one = in_thread(held, errors)
    assert done.wait(20)
    two = in_thread(second, errors)
    two.join(0.5)  # long enough to wait for the first one's lock
    commit.set()
    one.join(30)
    two.join(30)
    assert errors == []
