"""A mail server that misbehaves (tests/faulty_smtp.py), and what is handed to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.answers import ALICE as ALICE
from tests.support.faulty_smtp import FaultyServer

COACH = "coach@localhost"
BOB, CHARLIE, DORA = (f"{name}@example.com" for name in ("bob", "charlie", "dora"))
MESSAGE = b"Subject: x\r\n\r\nx\r\n"


@pytest.fixture
def server(settings: Any) -> Iterator[FaultyServer]:
    """It is the site's mail server. SMTP_TIMEOUT is a second, so an attempt ends within two."""
    settings.SMTP_TIMEOUT = 1
    with FaultyServer() as faulty:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", faulty.port
        yield faulty
