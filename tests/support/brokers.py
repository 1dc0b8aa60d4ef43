"""Celery's application and the settings, pointed to another broker."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from challenge.celery import app


@contextmanager
def broker_at(address: str) -> Iterator[None]:
    """Point everything in this process to the broker at this URL."""
    before = app.conf.broker_url
    point_to(address)
    try:
        with override_settings(REDIS_URL=address):
            yield
    finally:
        point_to(before)


def point_to(address: str) -> None:
    app.conf.update(broker_url=address)
    app._after_fork()  # type: ignore[attr-defined]  # forgets the connections that it holds
