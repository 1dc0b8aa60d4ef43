"""A time limit for work of any kind."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return or raise what `work` does; TimeoutError when it takes longer.

    The time limits of sockets hold for one step: a name that no server answers for, or a server that
    drips its answer, can stretch them. What is given up goes on in a thread that ends by itself, so
    it must not use the database.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    return outcome.result(timeout=seconds)
