"""What is done for one address takes as long as for another."""

from typing import Any

import pytest

from challenge.site import public

pytestmark = pytest.mark.pure


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(public, "monotonic", lambda: self.now)
        monkeypatch.setattr(public, "sleep", self.pass_by)

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize(("takes", "ends"), [(0.0, 100.25), (0.1, 100.25), (0.25, 100.25), (3.0, 103.0)])
def test_it_ends_at_the_same_time(
    settings: Any, monkeypatch: pytest.MonkeyPatch, takes: float, ends: float
) -> None:
    settings.EVEN_SECONDS = 0.25
    clock = Clock(monkeypatch)
    with public.even_time():
        clock.pass_by(takes)
    assert clock.now == pytest.approx(ends)


def test_a_refusal_takes_as_long(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EVEN_SECONDS = 0.25
    clock = Clock(monkeypatch)
    with pytest.raises(RuntimeError), public.even_time():
        raise RuntimeError
    assert clock.now == pytest.approx(100.25)
