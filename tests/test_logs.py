"""Logs hold no link that somebody could use."""

import logging

import pytest

from challenge.site.logs import HideLinks

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("path", ["confirm", "check-in", "day", "hour", "leave", "pause"])
def test_a_capability_is_taken_out(path: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Gone: %s", (f"/{path}/1.2.3~abc/done/",), None)
    assert HideLinks().filter(record)
    assert record.getMessage() == f"Gone: /{path}/.../done/"


def test_other_messages_stay(caplog: pytest.LogCaptureFixture) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "delivery %s: %s", ("1", "sent"), None)
    assert HideLinks().filter(record)
    assert (record.msg, record.args) == ("delivery %s: %s", ("1", "sent"))
