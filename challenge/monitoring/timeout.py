"""A time limit for work of any kind."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return or raise what `work` does; TimeoutError when it takes longer.

    The time limits of sockets apply to one step: a name that no server resolves, or a server that sends its
    answer slowly, can exceed them. Work after the timeout continues in a thread that ends by itself, so it
    must not use the database.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    return outcome.result(timeout=seconds)
