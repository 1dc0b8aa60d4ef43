"""The links of a mail. Each is a capability (accounts.capabilities) for one purpose of one runner."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

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
    return build_url(purpose, token(purpose, now, *values), choice)


def build_url(purpose: Purpose, issued: str, choice: str = "") -> str:
    """The absolute address that holds a token which was issued for this purpose."""
    before, after = _path(purpose, choice)
    return f"{settings.SITE_URL}{before}{issued}{after}"


@cache
def _path(purpose: Purpose, choice: str) -> tuple[str, str]:
    """What stands before and after the token in the path of a link."""
    before, _token, after = reverse(purpose, args=["TOKEN", choice] if choice else ["TOKEN"]).partition(
        "TOKEN"
    )
    return before, after
