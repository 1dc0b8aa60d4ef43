"""Two coaches, or one with two tabs: a coach sees what changed meanwhile before overwriting it."""

from datetime import datetime

import pytest

from accounts.models import User
from challenge.curriculum.lesson import day_content
from challenge.curriculum.publish import Origin, Publication, publish_day
from challenge.models import Stretch
from tests.support.desk import DeskItem, said

pytestmark = pytest.mark.django_db


def test_two_coaches_see_both_drafts_and_lose_neither(day: DeskItem) -> None:
    mine = day.form(title="Mine <i>", points=["S2", "E7"])
    day.save(title="Theirs")

    page = day.client.post(day.item.address("change"), mine)

    assert page.status_code == 409
    assert day.instance.draft["day"]["title"] == "Theirs"
    assert "<del>Theirs</del>" in page.content.decode()
    assert "<ins>Mine &lt;i&gt;</ins>" in page.content.decode()
    again = {
        **{name: value for name, value in page.context["posted"]},
        "seen": page.context["item"].draft_stamp,
    }
    again["base"] = page.context["item"].newest_number
    assert again["title"] == "Mine <i>"
    again["points"] = [value for name, value in page.context["posted"] if name == "points"]
    day.client.post(day.item.address("change"), {**again, "do": "save"})
    assert day.instance.draft["day"]["title"] == "Mine <i>"
    assert day.instance.draft["day"]["points"] == ["S2", "E7"]


def test_a_draft_that_was_published_meanwhile_is_not_lost_either(day: DeskItem) -> None:
    day.save(title="First")
    mine = day.form(title="Second")
    day.publish()

    page = day.client.post(day.item.address("change"), mine)

    assert page.status_code == 409
    assert f"coach {User.objects.get(is_staff=True).pk} published version 2 at" in said(page)
    assert "<ins>Second</ins>" in page.content.decode()


def test_a_form_from_before_another_version_was_published_does_not_undo_it(day: DeskItem) -> None:
    mine = day.form(title="Mine")
    day.save(run="Run as you like today, or walk.")
    day.publish()

    page = day.client.post(day.item.address("change"), mine)

    assert page.status_code == 409
    assert "published version 2 at" in said(page)
    assert [each.name for each in page.context["differences"]] == ["Title", "Today's run"]
    assert day.instance.draft is None
    again = {**dict(page.context["posted"]), "seen": "", "base": page.context["item"].newest_number}
    assert day.client.post(day.item.address("change"), again).status_code == 302
    assert day.instance.draft["day"]["title"] == "Mine"


def test_a_day_put_together_anew_with_its_stretch_is_no_conflict(day: DeskItem) -> None:
    shown = DeskItem(day.client, day.instance.published.stretches.first())
    mine = day.form(title="Mine")
    shown.save(purpose=shown.instance.content["purpose"][:-1] + " now.")
    shown.publish()
    assert day.item.newest_number == 2

    assert day.client.post(day.item.address("change"), mine).status_code == 302
    assert day.instance.draft["day"]["title"] == "Mine"


def test_what_somebody_else_published_meanwhile_is_looked_at_first(day: DeskItem, now: datetime) -> None:
    day.save(title="A clearer title")
    answer = day.answer()
    words = day_content(day.instance.published.content)
    words["day"]["run"] = "Run as you like today, or walk."
    publish_day(day.instance, words, Publication(now, Origin.COACH))

    page = day.client.post(day.item.address("publish"), answer, follow=True)

    assert "Nothing was published: the draft, a stretch in it or the published version has" in said(page)
    assert [each.name for each in page.context["differences"]] == ["Title", "Today's run"]
    assert day.instance.published.number == 2
    assert day.instance.draft is not None


def test_another_draft_than_the_one_on_the_screen_is_not_published(day: DeskItem) -> None:
    day.save(title="A clearer title")
    answer = day.answer()
    day.save(title="Not looked at yet")

    page = day.client.post(day.item.address("publish"), answer, follow=True)

    assert "Look again." in said(page)
    assert day.instance.published.number == 1


def test_a_stretch_that_changed_after_the_screen_was_shown_is_looked_at_first(day: DeskItem) -> None:
    shown = set(day.instance.published.content["day"]["stretches"])
    new = next(each for each in Stretch.objects.filter(kind="stretch") if each.slug not in shown)
    day.save(stretch_2=new.slug)
    answer = day.answer()
    other = DeskItem(day.client, new)
    other.save(purpose="Other words than those that stood on the screen.")
    other.publish()

    page = day.client.post(day.item.address("publish"), answer, follow=True)

    assert "Look again." in said(page)
    assert day.instance.published.number == 1
    assert "Other words than those" in said(page)
