"""The same time for every address, so that a stranger learns nothing of one by how long its answer takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from django.conf import settings


@contextmanager
def even_time() -> Iterator[None]:
    """Let what is done inside end after settings.EVEN_SECONDS. What takes longer than that still shows."""
    ends = monotonic() + settings.EVEN_SECONDS
    try:
        yield
    finally:
        sleep(max(0.0, ends - monotonic()))
