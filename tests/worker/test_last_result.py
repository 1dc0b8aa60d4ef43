"""A worker that ends does not wait for a result that its main process no longer reads."""

from types import SimpleNamespace

import pytest
from billiard import pool

from challenge.worker import shutdown  # noqa: F401  sets the limit

pytestmark = pytest.mark.pure


def test_an_unread_result_is_given_up_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(pool.time, "sleep", waits.append)
    unread = SimpleNamespace(on_ready_counter=SimpleNamespace(value=1))

    assert pool.Worker._ensure_messages_consumed(unread, completed=2) is False
    assert 1 <= sum(waits) <= 2.01
