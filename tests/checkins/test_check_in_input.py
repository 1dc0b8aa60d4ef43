"""Input of a check-in is read generously, or marked with all of it kept."""

import re
from decimal import Decimal

import pytest

from challenge.models import CheckIn
from tests.support.visitor import Runner

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "unit", "kept"),
    [
        ("7,5", "km", "7.50"),
        ("26.22", "mi", "26.22"),
        ("0", "km", "0"),
        ("500", "km", "500"),
        ("", "km", None),
    ],
)
def test_distances(runner: Runner, typed: str, unit: str, kept: str | None) -> None:
    assert runner.saves(distance=typed, unit=unit).status_code == 302

    saved = CheckIn.objects.get()
    assert (saved.distance, saved.unit) == (Decimal(kept) if kept else None, unit)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", ""),
        ("status", "perhaps"),
        ("tightness", "11"),
        ("tightness", "-1"),
        ("tightness", "4.5"),
        ("pain", "much"),
        ("pain_where", "x" * 121),
        ("distance", "far"),
        ("distance", "-1"),
        ("distance", "500.01"),
        ("distance", "1,234.5"),
        ("distance", "NaN"),
        ("distance", "1e400"),
        ("unit", "furlong"),
        ("note", "x" * 2001),
        ("note", "nul\x00"),
    ],
)
def test_nonsense_is_marked_and_everything_typed_is_kept(runner: Runner, field: str, value: str) -> None:
    typed = {"tightness": "7", "pain_where": "left hip", "distance": "12,5", "note": "Hills & rain 🌧"}
    answer = runner.saves("partly", **{**typed, field: value})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert not CheckIn.objects.exists()
    assert "Not saved yet: please look at the marked fields." in page
    assert page.count('class="errorlist"') == 1
    assert f'<ul class="errorlist" id="id_{field}_error">' in page
    assert re.search(f'aria-describedby="[^"]*\\bid_{field}_error"', page)
    assert field == "status" or re.search('name="status" value="partly"[^>]* checked', page)
    assert field == "tightness" or re.search('name="tightness" value="7"[^>]* checked', page)
    kept = {
        "pain_where": 'value="left hip"',
        "distance": 'value="12,5"',
        "note": "Hills &amp; rain 🌧",
    }
    for name, markup in kept.items():
        assert name == field or markup in page
    if field in ("pain_where", "distance", "note") and value.isprintable():
        assert value in page


@pytest.mark.parametrize("field", ["tightness", "pain"])
@pytest.mark.parametrize("value", ["0", "10"])
def test_the_ends_of_a_scale(runner: Runner, field: str, value: str) -> None:
    assert runner.saves(**{field: value}).status_code == 302
    assert getattr(CheckIn.objects.get(), field) == int(value)


def test_a_note_of_2000_characters_counts_line_ends_once(runner: Runner) -> None:
    lines = ["🏃" * 99] * 20
    assert runner.saves(note="\r\n".join(lines) + "!").status_code == 302

    assert CheckIn.objects.get().note == "\n".join(lines) + "!"


def test_an_empty_form_asks_for_the_one_thing(runner: Runner) -> None:
    answer = runner.client.post(runner.path(), {})

    assert answer.status_code == 422
    assert b"Choose one of the three." in answer.content
