"""The other tables of the desk: the ledger, the course, cohorts, blocked addresses, people."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.addresses import keyed_hash
from accounts.models import User
from challenge.models import (
    CheckIn,
    Cohort,
    Day,
    Delivery,
    Enrollment,
    Message,
    Program,
    Stretch,
    Suppression,
)
from tests.support.desk import plain

pytestmark = pytest.mark.django_db
DESK = "/coach/challenge"


def rows(client: Client, address: str) -> int:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode().count("<tr><")


@pytest.fixture
def ledger(alice: Enrollment, now: datetime) -> Delivery:
    """Three mails to alice; the doubtful one is returned."""
    values = {"enrollment": alice, "due_at": now, "try_at": now}
    attempt = {
        "at": now.isoformat(),
        "phase": "answer",
        "outcome": "uncertain",
        "code": None,
        "answer": "<i>gone",
    }
    Delivery.objects.queue(kind="welcome", state="sent", sent_at=now, **values)
    Delivery.objects.queue(
        kind="lesson",
        day=2,
        state="failed",
        reason="as_written",
        reason_values={"text": "The server refused it."},
        **values,
    )
    values |= {"sent_at": now + timedelta(hours=1), "uncertain": True, "attempts": [attempt]}
    return Delivery.objects.queue(kind="lesson", day=1, state="sent", **values)


def test_the_ledger_lists_and_filters(coach: Client, ledger: Delivery) -> None:
    text = plain(coach, f"{DESK}/delivery/")

    assert "Tue 3 Mar, 08:00 Lesson 1 Alice sent Tue 3 Mar, 09:00 may have arrived twice 1" in text
    assert "Lesson 2 Alice failed — — 0 The server refused it." in text
    assert rows(coach, f"{DESK}/delivery/") == 3
    assert rows(coach, f"{DESK}/delivery/?state__exact=failed") == 1
    assert rows(coach, f"{DESK}/delivery/?kind__exact=lesson") == 2
    assert rows(coach, f"{DESK}/delivery/?uncertain__exact=1") == 1
    assert rows(coach, f"{DESK}/delivery/?due_at__gte=2026-03-04+00:00:00%2B00:00") == 0


def test_a_delivery_shows_its_attempts(coach: Client, ledger: Delivery) -> None:
    text = plain(coach, f"{DESK}/delivery/{ledger.pk}/change/")

    assert escape(ledger.message_id) in text
    assert "waiting for the answer uncertain — &lt;i&gt;gone" in text
    assert "Sent at Tue 3 Mar 2026, 09:00. It may have arrived twice." in text
    coach.post(f"{DESK}/delivery/{ledger.pk}/change/", {"state": "queued"})
    ledger.refresh_from_db()
    assert ledger.state == "sent"


def test_the_course_is_readable_day_by_day(coach: Client, program: Program) -> None:
    day = Day.objects.select_related("published").get(number=5)
    assert day.published is not None

    text = plain(coach, f"{DESK}/day/")
    assert rows(coach, f"{DESK}/day/") == 21
    assert f"5 {day.published.title} {day.published.minutes} {', '.join(day.published.points)} 1 Tue" in text

    mail = coach.get(f"{DESK}/day/{day.pk}/preview/", {"view": "text"}).content.decode()
    assert "Hello \u2068Robin\u2069," in mail
    assert "Day 5 of 21" in mail
    assert "\u27e6" not in mail


def test_a_day_that_is_not_published_says_so(coach: Client, program: Program) -> None:
    day = Day.objects.create(program=program, number=99)

    assert "99 not published" in plain(coach, f"{DESK}/day/")
    assert "Not published yet." in plain(coach, f"{DESK}/day/{day.pk}/change/")
    assert "Nothing is published yet." in plain(coach, f"{DESK}/day/{day.pk}/versions/")
    assert "things to mend before this can be published" in plain(coach, f"{DESK}/day/{day.pk}/publish/")
    assert coach.get(f"{DESK}/day/{day.pk}/preview/").status_code == 200
    assert coach.get(f"{DESK}/day/{day.pk}/versions/1/").status_code == 404


def test_a_stretch_is_readable(coach: Client, program: Program) -> None:
    stretch = Stretch.objects.get(slug="ball-release")

    assert "Ball release at the front of the hip 4 mat, soft ball" in plain(coach, f"{DESK}/stretch/")
    page = plain(coach, f"{DESK}/stretch/{stretch.pk}/change/")
    assert stretch.content["skip_if"] in page
    assert "1. Find the bony point" in page
    assert "You should not feel" in plain(coach, f"{DESK}/stretch/{stretch.pk}/versions/1/")


def test_a_cohort_is_added_and_shows_its_sign_up_page(coach: Client, program: Program, settings: Any) -> None:
    settings.SITE_URL = "https://reset.example"
    form = {"program": program.pk, "name": "Spring", "slug": "spring", "starts_on": "2026-04-01"}
    assert coach.post(f"{DESK}/cohort/add/", form).status_code == 302

    cohort = Cohort.objects.get()
    assert (cohort.name, str(cohort.starts_on)) == ("Spring", "2026-04-01")
    link = 'href="https://reset.example/join/spring/"'
    assert link in coach.get(f"{DESK}/cohort/").content.decode()
    assert link in coach.get(f"{DESK}/cohort/{cohort.pk}/change/").content.decode()


def test_a_program_is_closed_for_sign_up_and_nothing_else_of_it_changes(
    coach: Client, program: Program
) -> None:
    coach.post(f"{DESK}/program/{program.pk}/change/", {"title": "Mine", "length": "3"})

    changed = Program.objects.get(pk=program.pk)
    assert (changed.is_open, changed.title, changed.length) == (False, program.title, 21)


def test_block_an_address_find_it_and_lift_the_block(coach: Client) -> None:
    form = {"address": " Bob@Example.COM ", "detail": "asked by phone"}
    assert coach.post(f"{DESK}/suppression/add/", form).status_code == 302

    block = Suppression.objects.get()
    assert block.address_hash == keyed_hash("bob@example.com")
    assert (block.reason, block.detail) == ("blocked", "asked by phone")
    assert "bob" not in coach.get(f"{DESK}/suppression/").content.decode().lower()
    again = coach.post(f"{DESK}/suppression/add/", {"address": "bob@example.com"})
    assert "on the list already" in again.content.decode()
    assert coach.post(f"{DESK}/suppression/add/", {"address": "bob@"}).status_code == 200
    assert coach.post(f"{DESK}/suppression/add/", {"address": "ann@bücher.example"}).status_code == 302
    assert Suppression.objects.filter(address_hash=keyed_hash("ann@xn--bcher-kva.example")).exists()
    assert rows(coach, f"{DESK}/suppression/?q=BOB@example.com") == 1
    assert rows(coach, f"{DESK}/suppression/?q=ann@example.com") == 0

    coach.post(f"{DESK}/suppression/{block.pk}/delete/", {"post": "yes"})
    assert not Suppression.objects.filter(pk=block.pk).exists()


def test_questions_are_listed_newest_first_and_only_read(
    coach: Client, alice: Enrollment, now: datetime
) -> None:
    for hours, text in enumerate(("Is it <b>right</b>?", "And then?")):
        Message.objects.create(enrollment=alice, day=3, text=text, at=now + timedelta(hours=hours))

    text = plain(coach, f"{DESK}/message/")
    assert text.index("And then?") < text.index("Is it &lt;b&gt;right&lt;/b&gt;?")
    assert f'href="{DESK}/enrollment/{alice.pk}/change/"' in coach.get(f"{DESK}/message/").content.decode()
    asked = Message.objects.earliest("at")
    assert "Tue 3 Mar 2026, 08:00" in plain(coach, f"{DESK}/message/{asked.pk}/change/")
    coach.post(f"{DESK}/message/{asked.pk}/change/", {"text": "changed"})
    assert coach.post(f"{DESK}/message/{asked.pk}/delete/", {"post": "yes"}).status_code == 403
    asked.refresh_from_db()
    assert asked.text == "Is it <b>right</b>?"


def test_check_ins_are_listed_and_only_read(coach: Client, alice: Enrollment, now: datetime) -> None:
    told = CheckIn.objects.create(
        enrollment=alice, day=3, status="partly", pain=6, pain_where="hip", distance="5.00", note="n" * 90,
        created_at=now, updated_at=now,
    )  # fmt: skip

    text = plain(coach, f"{DESK}/checkin/")
    assert "Alice 3 Partly - 6 hip 5.00 km" in text
    assert "n" * 79 + "…" in text
    coach.post(f"{DESK}/checkin/{told.pk}/change/", {"pain": "0"})
    told.refresh_from_db()
    assert told.pain == 6


def test_a_coach_account_is_made_and_gets_a_new_password(coach: Client) -> None:
    secret = "a long enough phrase"
    form = {"email": "Erin@Example.com", "first_name": "Erin", "password1": secret, "password2": secret}
    assert coach.post("/coach/accounts/user/add/", form).status_code == 302

    erin = User.objects.get(email="erin@example.com")
    assert (erin.is_staff, erin.is_superuser, erin.check_password(secret)) == (True, False, True)
    fresh = "quite another phrase"
    coach.post(f"/coach/accounts/user/{erin.pk}/password/", {"password1": fresh, "password2": fresh})
    assert Client().login(username="erin@example.com", password=fresh)
    assert not Client().login(username="erin@example.com", password=secret)


def test_a_coach_whose_address_is_none_is_not_made_and_the_form_says_why(coach: Client) -> None:
    secret = "a long enough phrase"
    form = {"email": "erin@localhost", "first_name": "Erin", "password1": secret, "password2": secret}

    answer = coach.post("/coach/accounts/user/add/", form)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"email"}
    assert not User.objects.filter(first_name="Erin").exists()


def test_people_lead_to_their_enrollments_and_are_never_deleted(
    coach: Client, alice: Enrollment, bob: Enrollment
) -> None:
    link = f"{DESK}/enrollment/?runner__id__exact={alice.runner_id}"
    assert f'href="{link}"' in coach.get("/coach/accounts/user/").content.decode()

    text = plain(coach, link)
    assert "alice@example.com" in text
    assert "bob@example.com" not in text
    assert coach.post(f"/coach/accounts/user/{alice.runner_id}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=alice.runner_id).exists()


def test_consents_are_read_only(coach: Client, alice: Enrollment) -> None:
    consent = alice.runner.consents.get(purpose="mail")

    assert "Alice" in plain(coach, "/coach/accounts/consent/")
    assert coach.post(f"/coach/accounts/consent/{consent.pk}/change/", {"version": "0"}).status_code == 403
    assert coach.post(f"/coach/accounts/consent/{consent.pk}/delete/", {"post": "yes"}).status_code == 403
