"""Work in threads."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection


def together(*works: Callable[[], object]) -> None:
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
