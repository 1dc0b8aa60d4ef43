"""Capabilities: whatever is signed comes back until it ends, and nothing else does."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import capabilities
from accounts.capabilities import Altered, Expired

pytestmark = pytest.mark.pure

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

purposes = st.text(min_size=1, max_size=20)
values = st.lists(st.integers(min_value=0, max_value=2**63 - 1), max_size=4)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(purposes, values, instants)
def test_a_capability_holds_its_values_until_it_ends(purpose: str, held: list[int], ends: datetime) -> None:
    text = capabilities.issue(purpose, held, ends)
    boundary = ends.replace(microsecond=0)

    assert re.fullmatch(r"[\w.~-]+", text, re.ASCII)
    assert capabilities.read(purpose, text, boundary - timedelta(microseconds=1)) == held
    for now in (boundary, boundary + SECOND, boundary + 9 * DAY):
        with pytest.raises(Expired) as ended:
            capabilities.read(purpose, text, now)
        assert ended.value.values == held


@given(purposes, values, instants, st.data())
def test_any_mutation_of_a_capability_is_refused(
    purpose: str, held: list[int], ends: datetime, data: st.DataObject
) -> None:
    text = capabilities.issue(purpose, held, ends)
    place = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 3))
    mutated = text[:place] + data.draw(st.text(max_size=3)) + text[place + length :]

    if mutated != text:
        with pytest.raises(Altered):
            capabilities.read(purpose, mutated, ends - SECOND)


@given(purposes, purposes, values, instants)
def test_a_capability_is_for_one_purpose(purpose: str, other: str, held: list[int], ends: datetime) -> None:
    text = capabilities.issue(purpose, held, ends)

    if other != purpose:
        with pytest.raises(Altered):
            capabilities.read(other, text, ends - SECOND)


@given(st.text())
def test_no_text_is_a_capability_by_chance(text: str) -> None:
    with pytest.raises(Altered):
        capabilities.read("leave", text, datetime(2026, 3, 3, tzinfo=UTC))
