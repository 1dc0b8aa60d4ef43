"""Bad input to the sign-up form: marked, explained, and nothing of the rest is lost."""

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from challenge.models import Delivery, Enrollment
from tests.support.visitor import Visitor, body, link

pytestmark = pytest.mark.django_db


def focused(page: str) -> list[str]:
    return re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"[^>]* autofocus', page) + re.findall(
        r'<(?:input|select|textarea)[^>]* autofocus[^>]* name="(\w+)"', page
    )


def test_the_form_offers_every_quarter_of_an_hour_and_every_zone(visitor: Visitor) -> None:
    page = visitor.client.get("/").content.decode()

    quarters = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)]
    offered = re.findall(r'<option(?: value="([^"]+)")?(?: selected)?>([^<\n]+)', page)
    assert {value or label for value, label in offered} >= {
        *quarters, "Pacific/Chatham", "America/Indiana/Knox", "UTC"
    }  # fmt: skip
    assert 'value="2026-03-04"' in page
    assert len(page) < 50_000


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "", "Write the address"),
        ("email", "maya", "The @ is missing. Write the whole address"),
        ("email", "maya@localhost", "No mail from outside reaches"),
        ("email", "jörg@example.com", "refuse ö before the @. Check the spelling"),
        ("email", "m" * 308 + "@example.com", "Please shorten this to at most 254 characters (it has 320)"),
        ("email", "maya@example.com\r\nBcc: bob@example.com", "Write one address alone"),
        ("email", "maya@example.com\x00", "There is an invisible character in this"),
        ("first_name", "", "Write the name"),
        ("first_name", " \r\n ", "Write the name"),
        ("first_name", "m" * 61, "Please shorten this to at most 60 characters (it has 61)"),
        ("first_name", "Win at spam.example", "without a link"),
        ("first_name", "http://spam", "without a link"),
        ("first_name", "\u200b\u202e", "Write the name"),
        ("first_name", "evil。com", "without a link"),
        ("first_name", "Call 0190 123456 now", "without a number"),
        ("first_name", "\ufdfa" * 4, "Please shorten this to at most 60 characters (it has 72)"),
        ("starts_on", "", "Choose the day"),
        ("starts_on", "soon", "Write the day as"),
        ("starts_on", "2026-02-30", "Write the day as"),
        ("starts_on", "04/03/2026", "Write the day as year, month and day"),
        ("starts_on", "03/04/26", "Write the day as year, month and day"),
        ("starts_on", "Mar 4 2026", "Write the day as year, month and day"),
        ("starts_on", "20260304", "Write the day as year, month and day"),
        ("send_at", "", "Choose the hour of your lessons"),
        ("send_at", "07:10", "Choose an hour from the list"),
        ("send_at", "25:00", "Choose an hour from the list"),
        ("time_zone", "", "Choose the time zone that you live in"),
        ("time_zone", "Mars/Olympus", "Choose your time zone from the list"),
        ("time_zone", "../../etc/passwd", "Choose your time zone from the list"),
        ("mail_consent", None, "tick this box"),
    ],
)
def test_bad_input_is_marked_and_nothing_is_lost(
    visitor: Visitor, field: str, value: str | None, said: str
) -> None:
    answer = visitor.post(**{"send_at": "18:45", field: value})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Enrollment.objects.exists()
    assert not Delivery.objects.exists()
    assert said in page
    assert page.count('aria-invalid="true"') == 1
    assert f'id="id_{field}_error"' in page
    assert focused(page) == [field]
    kept = {
        "email": 'value="maya@example.com"',
        "first_name": 'value="Maya"',
        "starts_on": 'value="2026-03-04"',
        "send_at": "<option selected>18:45",
        "time_zone": '<option value="Europe/London" selected',
    }
    for name, markup in kept.items():
        assert name == field or markup in page
    assert page.count(" checked") == (field != "mail_consent")
    if field in ("email", "first_name") and value and value.isprintable():
        assert f'value="{value}"' in page


def test_an_empty_form_is_answered_with_every_mark(visitor: Visitor) -> None:
    answer = visitor.client.post("/", {})

    assert answer.status_code == 422
    assert answer.content.count(b'aria-invalid="true"') == 6
    assert focused(answer.content.decode()) == ["email"]


@pytest.mark.parametrize("path", ["/", "/links/"])
def test_a_form_that_nobody_sent_takes_no_focus(visitor: Visitor, path: str) -> None:
    assert focused(visitor.client.get(path).content.decode()) == []


def test_an_address_for_links_is_asked_for_again(visitor: Visitor) -> None:
    page = visitor.client.post("/links/", {"email": "maya"}).content.decode()

    assert focused(page) == ["email"]
    assert 'aria-describedby="id_email_error"' in page


def test_a_name_can_not_smuggle_a_header(visitor: Visitor, now: datetime) -> None:
    visitor.signs_up(now, first_name="Maya\r\nX-Evil: 1\r\n\r\nboo")

    assert User.objects.get().first_name == "Maya X-Evil: 1 boo"
    [mail] = visitor.sink.mails
    assert mail["X-Evil"] is None
    visitor.confirms(link(mail, "confirm"))
    visitor.go(now)
    assert "Welcome, \u2068Maya X-Evil: 1 boo\u2069" in body(visitor.sink.mails[-1])


def test_a_name_is_text_in_the_mail_not_markup_and_not_a_slot(visitor: Visitor, now: datetime) -> None:
    visitor.confirms(visitor.signs_up(now, first_name='⟦confirm_url⟧ & "Zoë"'))
    visitor.go(now)

    mail = visitor.sink.mails[-1]
    assert 'Welcome, \u2068⟦confirm_url⟧ & "Zoë"\u2069' in body(mail)
    assert "Welcome, <bdi>⟦confirm_url⟧ &amp; &quot;Zoë&quot;</bdi>" in body(mail, "html")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("maya@bücher.de", "maya@xn--bcher-kva.de"),
        (" Maya@Example.COM ", "maya@example.com"),
        ("maya+run@example.com", "maya+run@example.com"),
    ],
)
def test_an_address_has_one_spelling(visitor: Visitor, now: datetime, typed: str, kept: str) -> None:
    visitor.signs_up(now, email=typed)

    assert User.objects.get().email == kept
    assert visitor.sink.recipients == [kept]


def test_beside_the_form_stand_the_signs_that_need_a_doctor(client: Client, program: Any) -> None:
    page, answers = (unescape(client.get(path).content.decode()) for path in ("/", "/faq/"))
    beside = page[page.index('id="before"') : page.index('<button type="submit">')]

    said = re.sub(r"<[^>]+>", " ", beside)
    for words in (
        "local emergency number",
        "between the legs",
        "both legs",
        "See a doctor today",
        "blood thinners",
    ):
        assert words in said
    assert re.search(
        r"A groin or front-of-hip ache that running brings on\s+may be a bone stress injury", said
    )
    anchor = re.findall(r'href="/faq/#([\w-]+)"', beside)
    assert anchor == ["when-is-it-an-emergency"]
    assert f'id="{anchor[0]}"' in answers
