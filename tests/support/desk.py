"""The coach's side of publishing: fill in the editor's forms, and read the pages."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

from django.contrib.admin.models import LogEntry
from django.test import Client

from challenge.coach.course.day_item import DayItem
from challenge.coach.course.stretch_item import StretchItem
from challenge.models import Day, Delivery, Enrollment, Stretch


class DeskItem:
    """One day or stretch at the desk, as a test client edits it."""

    def __init__(self, client: Client, item: Day | Stretch) -> None:
        self.client, self.pk = client, item.pk
        self.kind: Any = DayItem if isinstance(item, Day) else StretchItem

    @property
    def item(self) -> Any:
        return self.kind.load(self.pk)

    @property
    def instance(self) -> Any:
        return self.item.instance

    def form(self, **changes: Any) -> dict[str, Any]:
        """The editor's form as it opens, with changes."""
        item = self.item
        form = item.form()
        values = {name: form[name].value() for name in form.fields}
        given = {name: value for name, value in values.items() if value not in (None, False)}
        return {**given, "seen": item.draft_stamp, "base": item.newest_number, "do": "save", **changes}

    def get(self, view: str = "change", *where: Any, **query: str) -> Any:
        return self.client.get(self.item.address(view, *where), query)

    def save(self, **changes: Any) -> Any:
        return self.client.post(self.item.address("change"), self.form(**changes), follow=True)

    def answer(self, reach: str = "new", **changes: Any) -> dict[str, Any]:
        """The publish screen's form as it opens, with changes."""
        item = self.item
        stand = {
            "base": item.newest_number,
            "seen": item.draft_stamp,
            "shown": item.fingerprint(item.working_copy),
        }
        return {"reach": reach, "note": "", **stand, **changes}

    def publish(self, reach: str = "new", **changes: Any) -> Any:
        return self.client.post(self.item.address("publish"), self.answer(reach, **changes), follow=True)


def nine_runners(enroll: Callable[..., Enrollment], now: datetime) -> list[Enrollment]:
    """Four who were sent day 9, three who have begun, two who have not."""
    everybody = [enroll(f"runner-{number}") for number in range(9)]
    ids = [each.pk for each in everybody]
    Enrollment.objects.filter(pk__in=ids[:7]).update(pinned_at=now)
    for each in everybody[:4]:
        got(each, now)
    return everybody


def got(enrollment: Enrollment, now: datetime) -> None:
    """Record that day 9 was sent as it is published."""
    revision = Day.objects.get(number=9).published
    Delivery.objects.queue(
        enrollment=enrollment, kind=Delivery.Kind.LESSON, day=9, state="sent", due_at=now, try_at=now,
        sent_at=now, revision=revision,
    )  # fmt: skip


def draft(day: DeskItem) -> None:
    day.save(title="A clearer title")


def logged() -> list[tuple[str, dict[str, int]]]:
    """Return the codes and values of what was done at the desk, the first first, without Django's own lists
    of changed fields."""
    written = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    return [
        (entry["action"], entry["values"]) for entry in map(json.loads, written) if isinstance(entry, dict)
    ]


def said(response: Any) -> str:
    """A page's text, without its tags."""
    text = re.sub(r"(?s)<(script|style|svg).*?</\1>|<[^>]+>", " ", _without_bdi(response))
    return " ".join(unescape(text).split())


def plain(client: Client, address: str) -> str:
    """Return the text of a page that is answered with 200, without its tags."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def names(client: Client, query: str = "") -> list[str]:
    """Return the names of the runners in the coach's list."""
    page = client.get(f"/coach/challenge/enrollment/?{query}")
    assert page.status_code == 200
    return re.findall(r'class="runner"[^>]*>([^<]*)<', _without_bdi(page))


def _without_bdi(response: Any) -> str:
    return str(re.sub("</?bdi>", "", response.content.decode()))


def lesson_with(old: str, new: str, day: Day) -> str:
    """Return day 9's published lesson with other words in one place."""
    assert day.published is not None
    body = str(day.published.content["body"])
    assert old in body
    return body.replace(old, new, 1)


def enter(page: Any, site: str, client: Client) -> None:
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
