"""The pace of a limit: never exceeded, whoever takes the slots and however late, and nearly reached."""

from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from challenge.delivery.throttle import rate_limit
from challenge.models import Limit
from challenge.models.limit import ALL
from tests.support.threads import together

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
STEP = st.integers(0, 300_000).map(lambda count: timedelta(microseconds=count))


@pytest.fixture(autouse=True)
def empty_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "_reserve", rate_limit._Reserve())


def most_within(window: timedelta, moments: list[datetime]) -> int:
    """Count the moments in the fullest window, its end left out."""
    ordered, first, most = sorted(moments), 0, 0
    for place, moment in enumerate(ordered):
        while moment - ordered[first] >= window:
            first += 1
        most = max(most, place - first + 1)
    return most


def sender(limit: Limit) -> tuple[rate_limit._Reserve, Limit]:
    """Return a sender's own slots in hand, and its own copy of the row."""
    return rate_limit._Reserve(), Limit.objects.get(pk=limit.pk)


@pytest.mark.both_databases
@settings(
    max_examples=50,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rate=st.sampled_from([0.2, 0.5, 1, 2, 3, 10, 25, 99, 400]),
    # The sender, the pause since the one before, and the pause between the check of its slot and its mail.
    visits=st.lists(st.tuples(st.integers(0, 3), STEP, st.integers(0, 50)), min_size=20, max_size=120),
)
def test_no_second_sees_more_than_the_limit(
    rate: float, visits: list[tuple[int, timedelta, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    Limit.objects.all().delete()
    limit = Limit.objects.create(domain=ALL, per_second=rate)
    senders = [sender(limit) for _ in range(4)]
    free = [START] * 4
    now, left = START, []
    for number, pause, late in visits:
        now += pause / max(1.0, rate / 10)
        if now < free[number]:
            continue  # it still waits for its slot
        hand, row = senders[number]
        monkeypatch.setattr(rate_limit, "_reserve", hand)
        slot = rate_limit.take(row, now)
        if slot is not None:
            moment = max(slot, now)
            assert rate_limit.is_in_time(slot, moment)
            left.append(moment + timedelta(milliseconds=late))
            free[number] = left[-1]

    assert most_within(SECOND / min(1.0, rate), left) <= max(1, rate)


def test_all_of_the_pace_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four senders at any times reach nine tenths of the limit, in any second and over ten."""
    limit = Limit.objects.create(domain=ALL, per_second=100)
    senders = [sender(limit) for _ in range(4)]
    free, left = [START] * 4, list[datetime]()
    while (now := min(free)) < START + 10 * SECOND:
        number = free.index(now)
        hand, row = senders[number]
        monkeypatch.setattr(rate_limit, "_reserve", hand)
        slot = rate_limit.take(row, now)
        assert slot is not None
        left.append(max(slot, now))
        free[number] = left[-1] + timedelta(milliseconds=5)

    assert most_within(SECOND, left) <= 100
    assert len(left) >= 900


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_senders_at_the_same_time_share_one_pace() -> None:
    limit = Limit.objects.create(domain=ALL, per_second=60)
    left: list[datetime] = []

    def send() -> None:
        row, end = Limit.objects.get(pk=limit.pk), timezone.now() + 2 * SECOND
        while (now := timezone.now()) < end:
            slot = rate_limit.take(row, now)
            if slot is not None:
                sleep(max(0.0, (slot - timezone.now()).total_seconds()))
                if rate_limit.is_in_time(slot, at := timezone.now()):
                    left.append(at)

    together(*[send] * 4)

    assert most_within(SECOND, left) <= 60
    assert len(left) >= 30


@pytest.mark.both_databases
def test_a_slot_that_nobody_used_is_lost() -> None:
    limit = Limit.objects.create(domain=ALL, per_second=2)
    slots = [rate_limit.take(limit, START + hours * HOUR) for hours in (0, 1, 1, 1)]

    assert slots[1] == START + HOUR - rate_limit.TOLERANCE / 4
    assert [slot - slots[1] for slot in slots[1:] if slot] == [
        0 * SECOND,
        rate_limit.apart(2),
        2 * rate_limit.apart(2),
    ]


@pytest.mark.both_databases
def test_nobody_waits_long() -> None:
    limit = Limit.objects.create(domain=ALL, per_second=0.1)
    assert rate_limit.take(limit, START) is not None

    assert rate_limit.take(limit, START) is None
    assert rate_limit.take(limit, START + 9 * SECOND) == START - rate_limit.TOLERANCE / 4 + rate_limit.apart(
        0.1
    )


@pytest.mark.both_databases
def test_a_clock_that_was_wrong_stops_nobody() -> None:
    """A sender whose clock was a day ahead took the last slot."""
    limit = Limit.objects.create(domain=ALL, per_second=1)
    rate_limit.take(limit, START + DAY)

    assert rate_limit.take(limit, START) is not None


@pytest.mark.both_databases
def test_a_warm_up_doubles_from_day_to_day() -> None:
    limit = Limit.objects.create(domain=ALL, warm_up_from=START.date(), first_day=3)

    def sent(now: datetime) -> int:
        count = 0
        while rate_limit.take(limit, now) is not None:
            count += 1
        return count

    assert [sent(START), sent(START + HOUR), sent(START + DAY), sent(START + 2 * DAY)] == [3, 0, 6, 12]
    row = Limit.objects.get()
    assert (row.counted_on, row.counted) == ((START + 2 * DAY).date(), 12)
    assert row.quota(START - DAY) is None
    assert row.quota(START + 30 * DAY) is None


@pytest.mark.both_databases
def test_a_warm_up_and_a_pace_hold_together() -> None:
    limit = Limit.objects.create(domain=ALL, per_second=1000, warm_up_from=START.date(), first_day=150)
    slots = [rate_limit.take(limit, START + timedelta(milliseconds=2) * number) for number in range(400)]

    assert sum(slot is not None for slot in slots) == 150
    assert slots[-1] is None


@pytest.mark.both_databases
def test_a_limit_that_is_taken_away_holds_nobody() -> None:
    limit = Limit.objects.create(domain=ALL, per_second=0.1)
    rate_limit.take(limit, START)
    Limit.objects.all().delete()

    assert rate_limit.take(limit, START + 9 * SECOND) is not None
