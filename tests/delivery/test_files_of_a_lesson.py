"""Sending a lesson runs the files that docs/architecture.md lists for it."""

from datetime import timedelta
from typing import Any

import grimp
import pytest

from challenge import tasks
from challenge.models import Delivery, Enrollment
from tests.support.files_run import above_foundations, files_listed, files_run

MOST_FILES = 21
MOST_MODULES = 76


@pytest.mark.django_db(transaction=True)
def test_the_files_that_run_when_a_lesson_leaves_are_those_listed(
    alice: Enrollment, sink: Any, clock: Any, settings: Any
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    assert alice.next_due_at
    tomorrow = alice.next_due_at + timedelta(days=1)
    _plan_and_send()
    clock.move_to(tomorrow - timedelta(seconds=10))  # the restore guard has just counted, as while mail flows
    _plan_and_send()
    clock.move_to(tomorrow)
    listed = files_listed("How does a lesson leave, from due to recorded?")

    ran = above_foundations(files_run(_plan_and_send))

    assert Delivery.objects.get(day=2).state == Delivery.State.SENT
    assert ran == set(listed)
    assert len(listed) <= MOST_FILES


def _plan_and_send() -> None:
    tasks.plan()
    tasks.send()


@pytest.mark.pure
def test_a_sender_reaches_few_modules() -> None:
    graph = grimp.build_graph("challenge", "accounts", cache_dir=None)
    assert len(graph.find_upstream_modules("challenge.delivery.sender_pool")) + 1 <= MOST_MODULES
