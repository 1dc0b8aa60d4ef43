"""Without consent to health data only "none" or "one of the list" is kept, and everybody is as safe."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import Consent
from challenge.enrollment.consents import give, take_back
from challenge.enrollment.holding import clear
from challenge.enrollment.leaving import leave, undo_leaving
from challenge.mail.links import Purpose, url
from challenge.models import Enrollment, Event, Hold, SafetyLevel, Screening
from challenge.privacy.retention import purge
from challenge.safety.answering import answer
from challenge.safety.screening_list import QUESTIONS
from tests.conftest import Enroll
from tests.support.visitor import answer_no

pytestmark = pytest.mark.django_db

HEALTH, RUNNER = Consent.Purpose.HEALTH, Event.Actor.RUNNER
DAY = timedelta(days=1)


@pytest.fixture
def shy(enroll: Enroll, clock: Any) -> Enrollment:
    return enroll("shay", state="screening", health=False)


def path_of(enrollment: Enrollment, now: datetime) -> str:
    return urlsplit(url(Purpose.SCREENING, now, enrollment)).path


def test_the_page_shows_the_list_and_two_buttons(client: Client, shy: Enrollment, now: datetime) -> None:
    page = client.get(path_of(shy, now)).content.decode()

    assert page.count('name="answer"') == 2
    assert "newly numb, tingling or odd" in page
    assert "under 18" in page
    assert 'type="radio"' not in page
    assert answer_no(client, path_of(shy, now), answer="").status_code == 422
    assert not Screening.objects.exists()


def test_a_form_that_was_opened_under_a_consent_is_heard_without_it(
    client: Client, shy: Enrollment, now: datetime
) -> None:
    said = {question.code: "no" for question in QUESTIONS} | {"nothing": "on", "saddle": "saddle"}

    page = answer_no(client, path_of(shy, now), **(said | {"answer": "save"})).content.decode()

    assert "Call your local emergency number" in page
    assert (Screening.objects.get().result, Hold.objects.get().level) == ("some", "")


def test_none_of_these_begins_the_course(client: Client, shy: Enrollment, now: datetime) -> None:
    answer_no(client, path_of(shy, now))

    kept = Screening.objects.get()
    assert (kept.result, kept.answers) == ("clear", [])
    assert Enrollment.objects.get().state == "active"


def test_one_of_these_holds_and_keeps_nothing_of_health(
    client: Client, shy: Enrollment, now: datetime
) -> None:
    page = answer_no(client, path_of(shy, now), answer="some").content.decode()

    assert "When it is an emergency" in page
    assert "What a doctor should see today" in page
    kept, hold = Screening.objects.get(), Hold.objects.get()
    assert (kept.result, kept.answers) == ("some", [])
    assert (hold.reason, hold.level, hold.values) == (Hold.Reason.SAFETY, "", {})
    assert Enrollment.objects.get().state == "held"
    answer_no(client, path_of(shy, now), answer="some")
    assert Hold.objects.count() == 1


@pytest.mark.parametrize("codes", [["saddle"], ["hernia"], ["under_18", "fever"]])
def test_answers_of_a_form_from_before_are_judged_and_dropped(
    shy: Enrollment, now: datetime, codes: list[str]
) -> None:
    answer(shy.pk, codes, now)

    shy.refresh_from_db()
    assert (shy.state, shy.left_out) == ("held", [])
    assert (Screening.objects.get().result, Screening.objects.get().answers) == ("some", [])
    assert Hold.objects.get().level == ""


@pytest.mark.parametrize(("codes", "result"), [([], "clear"), (["saddle"], "some")])
def test_that_much_is_kept_as_long_as_any_answer(
    shy: Enrollment, now: datetime, settings: Any, codes: list[str], result: str
) -> None:
    answer(shy.pk, codes, now)
    purge(now + DAY)
    assert Screening.objects.get().result == result
    assert set(Hold.objects.values_list("reason", flat=True)) == ({"safety"} if codes else set())

    settings.RETENTION = {**settings.RETENTION, "safety": 1}
    purge(now + 40 * DAY)
    assert Screening.objects.get().result == ""


def test_taking_the_consent_back_asks_anew_whose_movements_were_left_out(
    enroll: Enroll, now: datetime, go: Any, client: Client, clock: Any
) -> None:
    alice = enroll("alice", state="screening")
    answer(alice.pk, ["hernia"], now)
    go(now)

    take_back(alice.runner, HEALTH, RUNNER, now)

    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at, alice.left_out) == ("screening", None, [])
    assert b"none of these" in client.get(path_of(alice, now)).content.lower()
    go(now + DAY)
    assert alice.deliveries.filter(kind="lesson").count() == 1
    answer(alice.pk, [], now + DAY)
    alice.refresh_from_db()
    assert alice.state == "active"
    assert alice.next_due_at == now.replace(hour=7) + DAY


def test_taking_the_consent_back_asks_nobody_else(enroll: Enroll, now: datetime) -> None:
    alice, shy = enroll("alice", state="screening"), enroll("shay", health=False)
    answer(alice.pk, [], now)

    take_back(alice.runner, HEALTH, RUNNER, now)
    give(shy.runner, HEALTH, Consent.Form.OWN_PAGE, now)

    assert set(Enrollment.objects.values_list("state", flat=True)) == {"active"}
    assert not Enrollment.objects.get(pk=shy.pk).is_asked_for_screening


def test_a_hold_and_a_leaving_lead_back_to_the_questions(
    enroll: Enroll, now: datetime, django_user_model: Any
) -> None:
    held, left = enroll("alice", state="screening"), enroll("bob", state="screening")
    coach = django_user_model.objects.create_superuser("coach@example.com", "x")
    answer(held.pk, ["hernia", "fever"], now)
    answer(left.pk, ["hernia"], now)
    leave(left.pk, RUNNER, now)

    for each in (held, left):
        take_back(each.runner, HEALTH, RUNNER, now)
    clear(held.pk, coach, "Seen by a doctor.", now)
    undo_leaving(left.pk, now + DAY)

    assert set(Enrollment.objects.values_list("state", flat=True)) == {"screening"}


def test_cleared_is_not_asked_again(enroll: Enroll, now: datetime, django_user_model: Any) -> None:
    alice = enroll("alice", state="screening")
    coach = django_user_model.objects.create_superuser("coach@example.com", "x")
    answer(alice.pk, ["lump"], now)
    assert Hold.objects.get().level == SafetyLevel.WITHIN_DAYS

    clear(alice.pk, coach, "Seen by a doctor.", now)

    alice.refresh_from_db()
    assert (alice.state, alice.next_due_at) == ("active", now.replace(hour=7))
    assert not alice.is_asked_for_screening
