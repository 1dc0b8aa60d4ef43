"""Work in threads, each with a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection


def together(*works: Callable[[], object]) -> None:
    """Run each in a thread, all from the same instant; wait for them; fail when one failed.

    Also the way from inside an event loop to the database, which Django does not let it touch.
    """
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
