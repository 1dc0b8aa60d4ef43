"""Wall clocks to UTC: in every zone, over gaps and overlaps, one lesson a local date."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenge import schedule
from tests.faults.zones import clocks, from_wall

pytestmark = pytest.mark.pure

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
LONDON = ZoneInfo("Europe/London")
walls = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
dates = st.dates(date(2026, 1, 1), date(2030, 12, 31))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))


def test_a_wall_time_that_is_skipped_moves_to_the_next_valid_minute() -> None:
    assert schedule.to_utc(date(2026, 3, 29), time(1, 30), LONDON) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_wall_time_that_happens_twice_means_the_first() -> None:
    assert schedule.to_utc(date(2026, 10, 25), time(1, 30), LONDON) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_half_an_hour_of_gap() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    found = schedule.to_utc(date(2026, 10, 4), time(2, 15), zone).astimezone(zone)
    assert (found.date(), found.time()) == (date(2026, 10, 4), time(2, 30))


def test_a_date_that_a_zone_skipped_has_no_window() -> None:
    window = schedule.window(date(2011, 12, 30), time(7), ZoneInfo("Pacific/Apia"))
    assert window.opens == window.closes


def test_every_zone_sends_once_on_each_of_21_local_dates_around_its_clock_changes() -> None:
    assert len(clocks()) > 50  # ways to keep time: most zones are others by another name
    for clock in clocks():
        for start in [
            date(2026, 1, 1),
            *(change.date() - timedelta(days=10) for change in clock.changes[:4]),
        ]:
            for wall in (time(0), time(0, 30), time(1, 45), time(2, 30), time(7), time(23, 45)):
                check_21_days(start, wall, clock.zone)


def check_21_days(start: date, wall: time, zone: ZoneInfo) -> None:
    due = schedule.first_due(start, datetime(2025, 12, 1, tzinfo=UTC), wall, zone)
    for number in range(21):
        day = start + timedelta(days=number)
        assert schedule.local_date(due, zone) == day
        assert from_wall(due, day, wall, zone) <= timedelta(minutes=60)
        due = schedule.next_due(due, wall, zone)


@given(zone=st.sampled_from(ZONES).map(ZoneInfo), day=dates, wall=walls)
@settings(max_examples=200, deadline=None)
def test_an_instant_shows_its_wall_time_wherever_that_exists(zone: ZoneInfo, day: date, wall: time) -> None:
    shown = schedule.to_utc(day, wall, zone).astimezone(zone)
    assert shown.date() == day
    assert shown.time() == wall or not exists(day, wall, zone)
    assert shown.time() >= wall


def exists(day: date, wall: time, zone: ZoneInfo) -> bool:
    local = datetime.combine(day, wall, zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)


@given(zone=st.sampled_from(ZONES).map(ZoneInfo), now=instants, wall=walls)
@settings(max_examples=200, deadline=None)
def test_a_window_is_never_open_in_the_night_before_the_hour_that_was_chosen(
    zone: ZoneInfo, now: datetime, wall: time
) -> None:
    window = schedule.open_window(now, wall, zone)
    local = now.astimezone(zone)
    if window is not None:
        assert window.opens <= now < window.closes
        assert schedule.local_date(window.opens, zone) == local.date() == window.day
        assert local.time() < time(21, 30) or local.time() >= wall or wall >= time(18)
    else:
        due = schedule.first_due(local.date(), now, wall, zone)
        assert due > now
        assert schedule.open_window(due, wall, zone) is not None


@given(
    zones=st.lists(st.sampled_from(ZONES).map(ZoneInfo), min_size=21, max_size=21),
    chosen=st.lists(walls, min_size=21, max_size=21),
    start=dates,
)
@settings(max_examples=100, deadline=None)
def test_whatever_the_runner_changes_the_next_lesson_is_a_later_date_and_twelve_hours_on(
    zones: list[ZoneInfo], chosen: list[time], start: date
) -> None:
    due = schedule.first_due(start, datetime(2025, 12, 1, tzinfo=UTC), chosen[0], zones[0])
    for wall, zone in zip(chosen[1:], zones[1:], strict=True):
        following = schedule.next_due(due, wall, zone)
        assert following - due >= timedelta(hours=12)
        assert following - due <= timedelta(hours=64)
        assert schedule.local_date(following, zone) > schedule.local_date(due, zone)
        assert schedule.open_window(following, wall, zone) is not None
        due = following


def test_a_half_hour_earlier_neither_repeats_nor_skips_a_day() -> None:
    last = schedule.to_utc(date(2026, 3, 3), time(7), LONDON)
    assert schedule.next_due(last, time(6, 30), LONDON) == datetime(2026, 3, 4, 6, 30, tzinfo=UTC)


def test_a_move_from_evening_to_morning_comes_twelve_hours_on_the_next_day() -> None:
    last = schedule.to_utc(date(2026, 3, 3), time(22), LONDON)
    assert schedule.next_due(last, time(6), LONDON) == datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def test_an_hour_of_today_that_has_just_begun_is_due_now_and_a_past_one_in_the_evening_is_not() -> None:
    midday = datetime(2026, 3, 3, 12, 5, tzinfo=UTC)
    assert schedule.first_due(midday.date(), midday, time(12), LONDON) == datetime(2026, 3, 3, 12, tzinfo=UTC)
    late = datetime(2026, 3, 3, 22, 0, tzinfo=UTC)
    assert schedule.first_due(late.date(), late, time(7), LONDON) == datetime(2026, 3, 4, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (3, datetime(2026, 3, 3, 7)),
        (7, datetime(2026, 3, 3, 7)),
        (20, datetime(2026, 3, 3, 20)),
        (21, datetime(2026, 3, 4, 7)),
    ],
)
def test_late_mail_waits_for_daylight(hour: int, expected: datetime) -> None:
    now = datetime(2026, 3, 3, hour, tzinfo=UTC)
    assert schedule.daylight(now, LONDON) == expected.replace(tzinfo=UTC)
