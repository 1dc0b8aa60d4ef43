"""The coach's side of publishing: the forms of her editor filled in, and what her pages say."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

from django.test import Client

from challenge.coach.course.day_item import DayWork
from challenge.coach.course.stretch_item import StretchWork
from challenge.models import Day, Delivery, Enrollment, Stretch


class Room:
    """One day or stretch on the desk; what is published of it is `work`'s to say."""

    def __init__(self, client: Client, item: Day | Stretch) -> None:
        self.client, self.pk = client, item.pk
        self.kind: Any = DayWork if isinstance(item, Day) else StretchWork

    @property
    def work(self) -> Any:
        """The day or stretch as it stands in the database now."""
        return self.kind.open(self.pk)

    @property
    def item(self) -> Any:
        return self.work.item

    def form(self, **changes: Any) -> dict[str, Any]:
        """The editor's form as it opens, with changes."""
        work = self.work
        form = work.form()
        values = {name: form[name].value() for name in form.fields}
        given = {name: value for name, value in values.items() if value not in (None, False)}
        return {**given, "seen": work.stamp, "base": work.newest_number, "do": "save", **changes}

    def get(self, room: str = "change", *where: Any, **query: str) -> Any:
        return self.client.get(self.work.address(room, *where), query)

    def save(self, **changes: Any) -> Any:
        """Save a draft; follows to the page that comes next."""
        return self.client.post(self.work.address("change"), self.form(**changes), follow=True)

    def answer(self, reach: str = "new", **changes: Any) -> dict[str, Any]:
        """The publish screen's form as it opens, with changes."""
        work = self.work
        stand = {"base": work.newest_number, "seen": work.stamp, "shown": work.shown(work.working_copy)}
        return {"reach": reach, "note": "", **stand, **changes}

    def publish(self, reach: str = "new", **changes: Any) -> Any:
        return self.client.post(self.work.address("publish"), self.answer(reach, **changes), follow=True)


def nine_runners(enroll: Callable[..., Enrollment], now: datetime) -> list[Enrollment]:
    """Four who were sent day 9, three who have begun, two who have not."""
    everybody = [enroll(f"runner-{number}") for number in range(9)]
    ids = [each.pk for each in everybody]
    Enrollment.objects.filter(pk__in=ids[:7]).update(pinned_at=now)
    for each in everybody[:4]:
        got(each, now)
    return everybody


def got(enrollment: Enrollment, now: datetime) -> None:
    """She was sent day 9 as it is published."""
    revision = Day.objects.get(number=9).published
    Delivery.objects.queue(
        enrollment=enrollment, kind="lesson", day=9, state="sent", due_at=now, try_at=now, sent_at=now,
        revision=revision,
    )  # fmt: skip


def draft(day: Room) -> None:
    """She is at work on the day's title."""
    day.save(title="A clearer title")


def said(response: Any) -> str:
    """A page's text, without its tags."""
    text = re.sub(r"(?s)<(script|style|svg).*?</\1>|<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).split())


def lesson_with(old: str, new: str, day: Day) -> str:
    """A day's published lesson with other words in one place."""
    assert day.published is not None
    body = str(day.published.content["body"])
    assert old in body
    return body.replace(old, new, 1)


def enter(page: Any, site: str, client: Client) -> None:
    """Let a browser's tab in with a client's session."""
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
