"""The version of a day that a runner gets is pinned to the start, unless it was published for all."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.curriculum.versions import Audience
from challenge.models.day import pick_revision

pytestmark = pytest.mark.pure
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Published:
    number: int
    published_at: datetime
    for_all: bool


def at(day: int) -> datetime:
    return START + timedelta(days=day)


FIRST, SECOND = Published(1, at(0), False), Published(2, at(10), False)
TYPO = Published(3, at(20), True)


@pytest.mark.parametrize(
    ("published", "pinned_at", "number"),
    [
        pytest.param([FIRST, SECOND], at(5), 1, id="began before the second"),
        pytest.param([FIRST, SECOND], at(15), 2, id="began after the second"),
        pytest.param([FIRST, SECOND], None, 2, id="has not begun"),
        pytest.param([FIRST, SECOND, TYPO], at(5), 3, id="a typo is mended for all"),
        pytest.param([FIRST, SECOND], at(-5), 1, id="the day is younger than the start"),
        pytest.param([FIRST], at(0), 1, id="published at the instant of the start"),
    ],
)
def test_a_runner_keeps_the_version_of_the_start(
    published: list[Published], pinned_at: datetime | None, number: int
) -> None:
    chosen = pick_revision(reversed(published), pinned_at)
    assert chosen is not None
    assert chosen.number == number


def test_of_a_day_without_versions_there_is_none() -> None:
    assert pick_revision([], at(0)) is None


histories = st.lists(
    st.tuples(st.integers(min_value=0, max_value=30), st.booleans()), min_size=1, max_size=8
).map(
    lambda steps: [
        Published(number, at(sum(gap for gap, _ in steps[:number])), for_all)
        for number, (_, for_all) in enumerate(steps, 1)
    ]
)


@given(histories, st.integers(min_value=0, max_value=250), st.booleans())
def test_publishing_changes_nothing_for_who_has_begun_and_everything_for_who_has_not(
    history: list[Published], began: int, for_all: bool
) -> None:
    pinned_at = at(began)
    later = Published(len(history) + 1, max(pinned_at, history[-1].published_at) + timedelta(1), for_all)
    after = pick_revision([*history, later], pinned_at)
    assert after == (later if for_all else pick_revision(history, pinned_at))
    assert pick_revision([*history, later], None) == later


def test_the_audience_adds_up_either_way() -> None:
    audience = Audience(sent=Counter({1: 8}), begun=Counter({1: 6, 2: 1}), not_begun=5)
    assert (audience.keep(for_all=False), audience.get(for_all=False)) == (Counter({1: 14, 2: 1}), 5)
    assert (audience.keep(for_all=True), audience.get(for_all=True)) == (Counter({1: 8}), 12)
