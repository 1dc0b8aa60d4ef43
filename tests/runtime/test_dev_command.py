"""A start of `bin/dev` that cannot be; test_first_day.py starts the whole of it, twice."""

import socket
import time
from pathlib import Path

import pytest

from tests.runtime.conftest import Dev

pytestmark = [pytest.mark.pure, pytest.mark.processes]


def test_a_taken_port_is_said_plainly(start: type[Dev], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        began = time.monotonic()
        dev = start(tmp_path, port)
        assert dev.wait() == 1
    assert len(dev.said) == 1
    assert f"Port {port} is taken" in dev.said[0]
    assert f"PORT={port + 1} bin/dev" in dev.said[0]
    assert time.monotonic() - began < 10
