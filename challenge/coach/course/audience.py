"""The runners who would get a new version of a day, in words for the publish screen."""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenge.curriculum.versions import audience
from challenge.models import Day


@dataclass(frozen=True)
class CatchUp:
    """Runners who would get more than the last change, and the address of the full comparison."""

    text: str
    address: str


@dataclass(frozen=True)
class DayAudience:
    """The numbers of runners by their version of one day, for both ways to publish."""

    day: int
    ordinary: str
    for_all: str
    catch_ups: list[CatchUp]


def day_audience(day: Day, *, changes: bool = True, against_draft: bool = False) -> DayAudience:
    """Count the audience of the next version of a day; without `changes`, of the newest one, made for all."""
    runners = audience(day)
    newest = day.published.number if day.published else 0
    number = newest + int(changes)
    compare = reverse("admin:challenge_day_compare", args=[day.pk])
    other = "" if against_draft else newest
    return DayAudience(
        day=day.number,
        ordinary=_ordinary(runners.keep(False), runners.get(False), number),
        for_all=_for_all(runners.keep(True), runners.get(True), number),
        catch_ups=[
            CatchUp(_catch_up(count, version, newest), f"{compare}?a={version}&b={other}")
            for version, count in sorted(runners.begun.items())
            if version < newest
        ],
    )


def _ordinary(keep: Counter[int], get: int, number: int) -> str:
    """Return a text like "14 keep version 1, 6 get version 2"."""
    parts = [_keep(count, version) for version, count in sorted(keep.items()) if count]
    return ", ".join([*parts, _get(get, number)])


def _for_all(sent: Counter[int], get: int, number: int) -> str:
    """Return the same text for a version for all: runners who were sent a version keep it."""
    parts = [_sent(count, version) for version, count in sorted(sent.items()) if count]
    return "; ".join([_get(get, number), *([", ".join(parts)] if parts else [])])


def _keep(count: int, version: int) -> str:
    text = ngettext("%(count)d keeps version %(version)d", "%(count)d keep version %(version)d", count)
    return text % {"count": count, "version": version}


def _get(count: int, version: int) -> str:
    if not count:
        return _("nobody gets version %(version)d yet") % {"version": version}
    text = ngettext("%(count)d gets version %(version)d", "%(count)d get version %(version)d", count)
    return text % {"count": count, "version": version}


def _sent(count: int, version: int) -> str:
    text = ngettext(
        "%(count)d was sent version %(version)d already and keeps it in the web copy",
        "%(count)d were sent version %(version)d already and keep it in their web copy",
        count,
    )
    return text % {"count": count, "version": version}


def _catch_up(count: int, version: int, newest: int) -> str:
    text = ngettext(
        "%(count)d runner who began with version %(version)d also gets what changed in version %(since)s.",
        "%(count)d runners who began with version %(version)d also get what changed in version %(since)s.",
        count,
    )
    since = str(newest) if newest == version + 1 else _("%(first)d to %(last)d") % {
        "first": version + 1, "last": newest
    }  # fmt: skip
    return text % {"count": count, "version": version, "since": since}
