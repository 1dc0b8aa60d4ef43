"""Processes that are forked share what was read before (bench/speed P13 weighs them)."""

import gc
import sys

import pytest
from celery import signals

from challenge.celery import app
from challenge.worker.before_fork import read_and_keep

pytestmark = pytest.mark.pure


def test_pages_are_read_and_what_there_is_stays_before_a_worker_forks() -> None:
    assert read_and_keep in [receiver() for _key, receiver in signals.worker_init.receivers]
    signals.worker_init.send(sender=app)
    try:
        assert "challenge.urls" in sys.modules
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
