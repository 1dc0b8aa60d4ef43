"""A form that is posted after the login ended comes back with all that was typed, and can be sent again."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from challenge.coach.course.articles import TEXTS, digest
from challenge.models import Article, Day, Enrollment, Escalation, Program
from tests.support.desk import DeskItem, enter, said

pytestmark = pytest.mark.django_db
OURS = {"HTTP_ORIGIN": "http://testserver"}
WORDS = "An hour of words </textarea><b>."


@pytest.fixture
def writing(program: Program) -> Client:
    """A coach's client that sends the CSRF token, as a browser does."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("coach@example.com", "x"))
    return client


@pytest.fixture
def day(writing: Client) -> DeskItem:
    return DeskItem(writing, Day.objects.get(number=9))


def token(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


def sent(page: Any) -> dict[str, Any]:
    """The data that the page's form sends, hidden fields included."""
    fields: dict[str, Any] = {"csrfmiddlewaretoken": token(page)}
    for name, text in page.context["posted"]:
        fields.setdefault(name, []).append(text)
    return fields


def test_words_of_a_session_that_ended_are_saved_after_the_next_login(writing: Client, day: DeskItem) -> None:
    form = day.form(lesson=WORDS, csrfmiddlewaretoken=token(day.get()))
    Session.objects.all().delete()
    address = day.item.address("change")

    page = writing.post(address, form, **OURS)

    assert page.status_code == 403
    assert "You have been logged out." in said(page)
    assert "An hour of words &lt;/textarea&gt;&lt;b&gt;." in page.content.decode()
    assert day.instance.draft is None

    login = writing.get("/coach/login/")
    who = {"username": "coach@example.com", "password": "x", "csrfmiddlewaretoken": token(login)}
    assert writing.post("/coach/login/", who, **OURS).status_code == 302
    stale = writing.post(address, sent(page), **OURS)
    assert stale.status_code == 403
    assert "Press Send again, and it goes on as before." in said(stale)
    assert writing.post(address, sent(stale), **OURS).status_code == 302
    assert day.instance.draft["body"] == WORDS
    assert day.instance.draft["day"]["points"] == day.instance.published.content["day"]["points"]


@pytest.mark.parametrize("view", ["publish", "drop", "preview"])
def test_every_view_answers_kindly(writing: Client, day: DeskItem, view: str) -> None:
    form = {**day.form(), **day.answer(), "csrfmiddlewaretoken": token(day.get())}
    Session.objects.all().delete()

    page = writing.post(day.item.address(view), form, **OURS)

    assert page.status_code == 403
    assert "You have been logged out." in said(page)
    assert page["X-Frame-Options"] == ("SAMEORIGIN" if view == "preview" else "DENY")


def test_an_article_is_given_back_too(writing: Client, program: Program) -> None:
    article = Article.objects.get(slug="about")
    address = f"/coach/challenge/article/{article.pk}/change/"
    form = {name: getattr(article, name) for name in TEXTS} | {"seen": digest(article), "body": WORDS}
    form["csrfmiddlewaretoken"] = token(writing.get(address))
    Session.objects.all().delete()

    page = writing.post(address, form, **OURS)

    assert page.status_code == 403
    assert ("body", WORDS) in page.context["posted"]


def test_a_form_of_another_site_is_never_offered_to_be_sent(writing: Client, day: DeskItem) -> None:
    form = day.form(lesson="FORGED", csrfmiddlewaretoken="a" * 64)

    for origin in ({"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {}):
        page = writing.post(day.item.address("change"), form, **origin)
        assert page.status_code == 403
        assert "FORGED" not in page.content.decode()


def test_no_password_is_ever_sent_back(writing: Client) -> None:
    page = writing.post("/coach/login/", {"password": "SECRET", "csrfmiddlewaretoken": "a" * 64}, **OURS)

    assert page.status_code == 403
    assert "SECRET" not in page.content.decode()


def test_what_is_too_much_for_a_page_is_said(writing: Client, day: DeskItem) -> None:
    form = day.form(lesson="x" * 200_001, csrfmiddlewaretoken=token(day.get()))
    Session.objects.all().delete()

    page = writing.post(day.item.address("change"), form, **OURS)

    assert "It was too much to be shown here." in said(page)
    assert len(page.content) < 50_000


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser_the_words_go_on_after_a_login_in_another_tab(
    program: Program, site: str, open_page: Callable[..., Any], coach: Client
) -> None:
    page = open_page(width=1280)
    enter(page, site, coach)
    day = DeskItem(coach, Day.objects.get(number=9))
    page.goto(site + day.item.address("change"))
    page.fill("[name=title]", "Typed for an hour")
    Session.objects.all().delete()

    page.get_by_role("button", name="Save the draft").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Log in").click()
    login = opened.value
    login.fill("[name=username]", "coach@example.com")
    login.fill("[name=password]", "x")
    login.get_by_role("button", name="Log in").click()
    login.get_by_role("heading", name="The coach's desk").wait_for()
    for _press in range(2):
        page.get_by_role("button", name="Send again").click()
    page.get_by_text("The draft is saved.").wait_for()

    assert day.instance.draft["day"]["title"] == "Typed for an hour"


@pytest.mark.parametrize("page", ["enrollment/{pk}/write", "enrollment/{pk}/note", "hold/{pk}", "clear/{pk}"])
def test_words_to_a_runner_are_given_back_after_a_new_login(
    writing: Client, alice: Enrollment, page: str
) -> None:
    folder = "/coach/challenge/" if page.startswith("enrollment") else "/coach/desk/"
    form = {"text": WORDS, "because": WORDS, "said": WORDS, "csrfmiddlewaretoken": "a" * 64}

    stale = writing.post(f"{folder}{page.format(pk=alice.pk)}/", form, **OURS)

    assert stale.status_code == 403
    assert "Press Send again, and it goes on as before." in said(stale)
    assert stale.content.decode().count("An hour of words &lt;/textarea&gt;&lt;b&gt;.</textarea>") == 3


def test_a_button_of_the_desk_is_pressed_again_after_a_new_login(
    writing: Client, alice: Enrollment, now: datetime
) -> None:
    opened = Escalation.objects.open(alice, now)
    address = f"/coach/desk/acknowledge/{opened.pk}/"

    stale = writing.post(address, {"csrfmiddlewaretoken": "a" * 64}, **OURS)

    assert stale.status_code == 403
    assert "Send again" in said(stale)
    assert "too much to be shown" not in said(stale)
    assert writing.post(address, sent(stale), **OURS).status_code == 302
    opened.refresh_from_db()
    assert opened.state == "acknowledged"
