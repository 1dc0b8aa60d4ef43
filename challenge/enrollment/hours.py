"""The time zones and hours that the forms offer."""

from datetime import time
from functools import lru_cache
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@lru_cache
def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every IANA zone that is named for a place, grouped by region, and UTC."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for name in sorted(available_timezones()):
        region, _slash, place = name.partition("/")
        if region in groups and place:
            groups[region].append((name, place.replace("_", " ").replace("/", ", ")))
    return [*groups.items(), ("UTC", [("UTC", "UTC")])]


def hour_choices() -> list[tuple[object, list[tuple[str, str]]]]:
    """Return every quarter of an hour, grouped by part of the day."""
    parts = ((_("Morning"), 5, 12), (_("Afternoon"), 12, 18), (_("Evening"), 18, 24), (_("Night"), 0, 5))
    return [
        (
            name,
            [(hour, hour) for hour in (f"{time(h, m):%H:%M}" for h in range(a, b) for m in (0, 15, 30, 45))],
        )
        for name, a, b in parts
    ]
