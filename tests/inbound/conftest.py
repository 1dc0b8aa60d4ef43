"""One mail that left, for reports to be about."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from challenge.models import Delivery
from tests.support.answers import lesson_of


@pytest.fixture
def lesson(trio: list[Any], go: Callable[[datetime], None], now: datetime, settings: Any) -> Delivery:
    """Alice's day 1, which has left; Bob and Charlie got theirs."""
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    go(now)
    return lesson_of("alice")
