"""A coach alone may open the desk, and no page of it loosens the site's policy."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from challenge.models import (
    Article,
    Cohort,
    Day,
    Delivery,
    Enrollment,
    Limit,
    Message,
    SavedFilter,
    Stretch,
    Suppression,
)

pytestmark = pytest.mark.django_db
TABLES = (
    "article", "checkin", "cohort", "day", "delivery", "enrollment", "limit", "program", "message",
    "stretch", "suppression",
)  # fmt: skip
VIEWS = ("preview", "publish", "versions")


def entered(**fields: Any) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("someone@example.com", **fields))
    return client


@pytest.fixture
def desk(alice: Enrollment, now: datetime) -> list[str]:
    """Return the address of every page of the desk, with a row behind each."""
    program, day = alice.program, Day.objects.all()[0]
    lesson = Delivery.objects.queue(enrollment=alice, kind="lesson", day=1, due_at=now, try_at=now)
    cohort = Cohort.objects.create(program=program, slug="spring", name="Spring", starts_on=now.date())
    block = Suppression.objects.create(address_hash="a" * 64, reason="blocked", created_at=now)
    message = Message.objects.create(enrollment=alice, day=1, text="Why?", at=now)
    said = Message.objects.create(
        enrollment=alice, direction="out", day=1, text="So.", at=now, answers=message
    )
    stretch = Stretch.objects.all()[0]
    article = Article.objects.all()[0]
    limit = Limit.objects.create(domain="example.org", per_second=1)
    rows = {"enrollment": alice, "limit": limit, "article": article, "message": message,
            "delivery": lesson, "day": day, "cohort": cohort, "program": program,
            "stretch": stretch, "suppression": block}  # fmt: skip
    return [
        reverse("admin:index"),
        *(reverse(f"admin:challenge_{table}_changelist") for table in TABLES),
        *(reverse(f"admin:challenge_{table}_change", args=[row.pk]) for table, row in rows.items()),
        *(reverse(f"admin:challenge_{table}_add") for table in ("cohort", "limit", "suppression")),
        *(reverse(f"admin:challenge_day_{view}", args=[day.pk]) for view in VIEWS),
        *(reverse(f"admin:challenge_stretch_{view}", args=[stretch.pk]) for view in (*VIEWS, "recall")),
        reverse("admin:challenge_day_version", args=[day.pk, 1]),
        reverse("admin:challenge_day_compare", args=[day.pk]) + "?a=1&b=1",
        reverse("admin:challenge_enrollment_reschedule", args=[alice.pk]),
        reverse("admin:answer", args=[message.pk]),
        reverse("admin:publish", args=[said.pk]),
        reverse("admin:note", args=[alice.pk]),
        reverse("admin:memo", args=[alice.pk]),
        reverse("admin:write", args=[alice.pk]),
        reverse("admin:accounts_consent_changelist"),
        reverse("admin:done-lately"),
        *(reverse(f"admin:{name}", args=[alice.pk]) for name in ("hold", "clear-hold")),
    ]


def test_a_stranger_and_a_runner_are_sent_to_the_login(desk: list[str], alice: Enrollment) -> None:
    runner = entered()
    posts = [reverse(f"admin:challenge_enrollment_{name}") for name in ("move", "filter_save")]
    posts += [reverse(f"admin:{name}", args=[1]) for name in ("acknowledge", "resolve", "snooze", "done")]

    for address in desk + posts:
        for client in (Client(), runner):
            answer = client.post(address, {"move": "pause", "ids": alice.pk, "name": "x", "query": "quiet=3"})
            if answer.status_code == 403:  # the form is kept, see test_form_recovery
                assert "You have been logged out." in answer.content.decode()
            else:
                assert answer["Location"].startswith("/coach/login/")
            assert client.get(address)["Location"].startswith("/coach/login/")
    alice.refresh_from_db()
    assert alice.state == "active"
    assert not SavedFilter.objects.exists()


def test_a_coach_opens_everything_but_the_accounts(desk: list[str], alice: Enrollment) -> None:
    coach = entered(is_staff=True)

    assert [address for address in desk if coach.get(address).status_code != 200] == []
    assert coach.get("/coach/accounts/user/").status_code == 403
    assert coach.get(f"/coach/accounts/user/{alice.runner_id}/change/").status_code == 403
    assert coach.post(f"/coach/accounts/user/{alice.runner_id}/password/", {}).status_code == 403
    assert coach.get("/coach/accounts/user/add/").status_code == 403


def test_a_coach_who_was_shut_out_gets_nothing(desk: list[str]) -> None:
    client = entered(is_staff=True)
    User.objects.filter(email="someone@example.com").update(is_active=False)

    assert all(client.get(address).status_code == 302 for address in desk)


def test_no_page_of_the_desk_allows_inline_code(desk: list[str]) -> None:
    coach = entered(is_staff=True)

    for address in desk:
        answer = coach.get(address)
        policy = answer["Content-Security-Policy"]
        if address.endswith("/preview/"):
            continue
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        text = answer.content.decode()
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text


def test_the_framed_mail_may_bring_its_styles_and_nothing_else(desk: list[str]) -> None:
    coach = entered(is_staff=True)
    [address] = [each for each in desk if each.endswith("/preview/") and "/day/" in each]

    answer = coach.get(address)

    directives = dict(([*part.split(), ""])[:2] for part in answer["Content-Security-Policy"].split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["style-src"] == "'unsafe-inline'"
    assert directives["frame-ancestors"] == "'self'"
    assert directives["sandbox"] == ""
    assert "script-src" not in directives
    text = answer.content.decode()
    assert "Hello <bdi>Robin</bdi>," in text
    assert "\u27e6" not in text
    page = coach.get(address.replace("/preview/", "/change/")).content.decode()
    assert f'<iframe name="preview" sandbox src="{address}"' in page


@pytest.mark.parametrize(
    "table", ["article", "checkin", "day", "delivery", "enrollment", "program", "message", "stretch"]
)
def test_the_record_is_neither_added_to_nor_deleted(desk: list[str], table: str) -> None:
    coach = entered(is_staff=True, is_superuser=True)

    assert coach.get(f"/coach/challenge/{table}/add/").status_code == 403
    deletable = coach.get(f"/coach/challenge/{table}/").content.decode()
    assert "delete_selected" not in deletable
