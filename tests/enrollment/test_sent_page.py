"""The page after a sign-up repeats the typed address, helps with a slip, and leads back to the form."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from challenge.models import Cohort, Enrollment, Program
from tests.support.visitor import Visitor, filled_in, form, whole_database

pytestmark = pytest.mark.django_db


def forms(page: str) -> list[dict[str, str]]:
    """Return what each form of a page sends, with the name of its button."""
    found = []
    for part in page.split("<form")[1:]:
        text = part.partition("</form>")[0]
        button = {"change": "yes"} if 'name="change"' in text else {}
        found.append(filled_in(text) | button)
    return found


def test_it_repeats_the_address_and_keeps_it_from_every_address_and_cookie(visitor: Visitor) -> None:
    answer = visitor.post(email=" Maya@Example.com ")

    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'You wrote <strong dir="ltr">Maya@Example.com</strong>.' in page
    assert "Did you mean" not in page
    assert not answer.cookies
    assert not any("xample" in value for value in answer.headers.values())


def test_the_form_comes_back_as_it_was_to_change_the_address(visitor: Visitor, now: datetime) -> None:
    typed = form(email="maja@example.com", send_at="18:15", time_zone="Asia/Tokyo", starts_on="2026-03-09")
    page = visitor.client.post("/", typed).content.decode()
    [again] = forms(page)
    assert again == {**{name: value for name, value in typed.items() if value}, "change": "yes"}
    before = whole_database()

    answer = visitor.client.post("/", again)

    assert answer.status_code == 200
    assert whole_database() == before
    back = answer.content.decode()
    assert filled_in(back) == typed
    assert 'aria-invalid="true"' not in back
    assert back.count("autofocus") == 1
    visitor.client.post("/", filled_in(back) | {"email": "maya@example.com"})
    visitor.go(now)
    assert sorted(visitor.sink.recipients) == ["maja@example.com", "maya@example.com"]


def test_a_slip_is_pointed_out_and_mended_with_one_button(visitor: Visitor, now: datetime) -> None:
    page = visitor.post(email="maya@gmial.com").content.decode()
    assert 'Did you mean <strong dir="ltr">maya@gmail.com</strong>?' in page
    mended, again = forms(page)
    assert (mended["email"], again["email"]) == ("maya@gmail.com", "maya@gmial.com")
    assert "change" not in mended

    answer = visitor.client.post("/", mended)

    assert answer.status_code == 200
    assert "Did you mean" not in answer.content.decode()
    assert set(User.objects.values_list("email", flat=True)) == {"maya@gmail.com", "maya@gmial.com"}


def test_it_leads_back_to_the_page_of_the_same_cohort(visitor: Visitor, now: datetime) -> None:
    Cohort.objects.create(program=Program.objects.get(), slug="spring", name="Spring", starts_on=now.date())
    page = visitor.post(path="/join/spring/").content.decode()

    assert '<form method="post" action="/join/spring/">' in page


@pytest.mark.parametrize("changes", [{"email": "maya@"}, {"time_zone": "Mars/Base"}, {"mail_consent": None}])
def test_a_form_that_was_tampered_with_is_marked(visitor: Visitor, changes: dict[str, Any]) -> None:
    answer = visitor.post(change="yes", **changes)

    assert answer.status_code == 422
    assert not Enrollment.objects.exists()


def test_what_was_typed_is_text(visitor: Visitor) -> None:
    page = visitor.post(email="o'neil&co@example.com", first_name='M"a<b').content.decode()

    assert "o&#x27;neil&amp;co@example.com" in page
    assert "a<b" not in page
