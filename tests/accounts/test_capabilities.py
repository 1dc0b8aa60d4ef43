"""Capabilities: whatever is signed comes back, and nothing else does."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import capabilities
from accounts.capabilities import Altered
from tests.support.numbered_links import numbered_capability

pytestmark = pytest.mark.pure

purposes = st.text(min_size=1, max_size=20)
keys = st.uuids()
values = st.lists(st.integers(min_value=0, max_value=2**63 - 1), max_size=4)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(purposes, keys, values, instants)
def test_a_capability_holds_what_it_was_issued_with(
    purpose: str, key: UUID, held: list[int], ends: datetime
) -> None:
    text = capabilities.issue(purpose, key, held, ends)

    assert re.fullmatch(r"[\w.~-]+", text, re.ASCII)
    assert capabilities.read(purpose, text) == (key, held, ends.replace(microsecond=0))


@given(purposes, values, instants)
def test_a_capability_of_before_there_were_keys_names_its_rows_number(
    purpose: str, held: list[int], ends: datetime
) -> None:
    text = numbered_capability(purpose, [5, *held], ends)

    assert capabilities.read(purpose, text) == (5, held, ends.replace(microsecond=0))


@given(purposes, keys, values, instants, st.booleans(), st.data())
def test_any_mutation_of_a_capability_is_refused(
    purpose: str, key: UUID, held: list[int], ends: datetime, is_numbered: bool, data: st.DataObject
) -> None:
    text = capabilities.issue(purpose, key, held, ends)
    if is_numbered:
        text = numbered_capability(purpose, [5, *held], ends)
    place = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 3))
    mutated = text[:place] + data.draw(st.text(max_size=3)) + text[place + length :]

    if mutated != text:
        with pytest.raises(Altered):
            capabilities.read(purpose, mutated)


@given(purposes, purposes, keys, values, instants)
def test_a_capability_is_for_one_purpose(
    purpose: str, other: str, key: UUID, held: list[int], ends: datetime
) -> None:
    texts = capabilities.issue(purpose, key, held, ends), numbered_capability(purpose, [5, *held], ends)

    for text in texts if other != purpose else ():
        with pytest.raises(Altered):
            capabilities.read(other, text)


@given(st.text())
def test_no_text_is_a_capability_by_chance(text: str) -> None:
    with pytest.raises(Altered):
        capabilities.read("leave", text)
