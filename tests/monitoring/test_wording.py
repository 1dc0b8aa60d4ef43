"""The sentences of alarms, which are stored as codes and values."""

from typing import Any

import pytest
from django.utils import translation

from challenge.monitoring.wording import AlarmText, Code

LATE = "been due since Tue 3 Mar, 07:00 UTC, and none has been sent for 15 minutes."
STALL: dict[str, Any] = {"since": "2026-03-03T07:00:00+00:00", "minutes": 15}
RESTS = "rests until Tue 3 Mar, 08:05 UTC: 12 mails were refused in a row, the last with: 450 busy"
WHY = {"reason": "refused", "reason_values": {"count": 12, "said": "450 busy"}}
REFUSED: dict[str, Any] = {"until": "2026-03-03T08:05:00+00:00", **WHY}
SENTENCES = [
    (Code.DATABASE, {"error": "Error, gone"}, "The database can't be used: Error, gone"),
    (Code.DISK, {"free": 12}, "Only 12 MB are free on the disk of the database."),
    (Code.STOP, {"reason": "older"}, "Nothing is sent until an operator says so (manage.py resume_sending): "
     "an older state of the database was restored."),
    (Code.STALL, {"count": 1, **STALL}, f"One mail has {LATE}"),
    (Code.STALL, {"count": 3, **STALL}, f"3 mails have {LATE}"),
    (Code.SUSPENSION, {"domain": "example.com", **REFUSED}, f"Mail to example.com {RESTS}"),
    (Code.SUSPENSION, {"domain": "*", **REFUSED}, f"All mail {RESTS}"),
    (Code.SUSPENSION_OVER, {"domain": "example.com"}, "Mail to example.com goes again."),
    (Code.SUSPENSION_OVER, {"domain": "*"}, "All mail goes again."),
    (Code.AS_WRITTEN, {"text": "100 % of alice@example.com"}, "100 % of ...@..."),
]  # fmt: skip


@pytest.mark.pure
@pytest.mark.parametrize(("code", "values", "sentence"), SENTENCES)
def test_each_code_has_its_sentence(code: Code, values: dict[str, Any], sentence: str) -> None:
    assert str(AlarmText(code, values)) == sentence


@pytest.mark.pure
def test_dates_are_the_reader_s() -> None:
    with translation.override("de"):
        assert "Di 3 Mär" in str(AlarmText(Code.SUSPENSION, {"domain": "example.com", **REFUSED}))
