"""The links of a mail. Each is a capability (accounts.capabilities) for one purpose of one runner."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.urls import reverse

from accounts import capabilities


class Purpose(StrEnum):
    """What a link lets its holder do; also the name of its URL."""

    CONFIRM = "confirm"
    CHECK_IN = "check-in"
    HOUR = "hour"
    LEAVE = "leave"
    PAUSE = "pause"
    DAY = "day"


LIFETIME = {
    Purpose.CONFIRM: timedelta(days=7),
    Purpose.CHECK_IN: timedelta(days=5),
    Purpose.HOUR: timedelta(days=30),
    Purpose.LEAVE: timedelta(days=400),
    Purpose.PAUSE: timedelta(days=60),
    Purpose.DAY: timedelta(days=400),
}


def token(purpose: Purpose, now: datetime, *values: int) -> str:
    """A capability; `values` are the enrollment's id and, for a check-in or a day's page, the program day."""
    return capabilities.issue(purpose, values, now + LIFETIME[purpose])


def url(purpose: Purpose, now: datetime, *values: int, choice: str = "") -> str:
    """The absolute address of a link; `choice` is the answer that a check-in link proposes."""
    arguments = [token(purpose, now, *values)] + ([choice] if choice else [])
    return settings.SITE_URL + reverse(purpose, args=arguments)
