"""Articles in admin: what could harm is refused at the field, what is fine is saved."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from challenge.coach.course.articles import TEXTS, digest
from challenge.models import Article, Program
from tests.support.desk import said
from tests.support.payloads import REFUSED

pytestmark = pytest.mark.django_db


def opened(article: Article) -> dict[str, str]:
    return {name: getattr(article, name) for name in TEXTS} | {"seen": digest(article)}


@pytest.mark.parametrize("payload", [*REFUSED, "no heading"])
def test_an_article_is_refused_at_its_field(coach: Client, program: Program, payload: str) -> None:
    article = Article.objects.get(slug="faq")
    text = REFUSED.get(payload, "No heading at all in this text, which is otherwise fine.")
    if payload == "header":
        text = text.replace("\r\n\r\n", " ")
    form = {**opened(article), "body": f"## Part\n\n{text}"}
    if payload == "no heading":
        form["body"] = text

    page = coach.post(f"/coach/challenge/article/{article.pk}/change/", form)

    assert page.status_code == 200
    assert re.search(r"Line \d+: ", str(page.context["adminform"].form.errors["body"]))
    assert "<script>alert" not in page.content.decode()
    unchanged = Article.objects.get(slug="faq")
    assert (unchanged.body, unchanged.is_edited) == (article.body, False)


def test_an_article_that_is_fine_is_saved_and_no_longer_follows_the_files(
    coach: Client, program: Program
) -> None:
    article = Article.objects.get(slug="about")
    address = f"/coach/challenge/article/{article.pk}/change/"
    form = {**opened(article), "title": "About us", "body": "## Who we are\r\n\r\nTwo coaches."}

    assert coach.post(address, form).status_code == 302

    article.refresh_from_db()
    assert (article.title, article.body, article.is_edited) == (
        "About us",
        "## Who we are\n\nTwo coaches.",
        True,
    )
    assert LogEntry.objects.get().get_change_message() == "Changed Title and Text."
    assert "Line 1" in said(coach.post(address, {**opened(article), "title": "x" * 121}))
    assert coach.get("/coach/challenge/article/add/").status_code == 403
    assert coach.post(f"/coach/challenge/article/{article.pk}/delete/", {"post": "yes"}).status_code == 403


def test_what_another_coach_saved_meanwhile_is_not_overwritten_unseen(
    coach: Client, program: Program
) -> None:
    article = Article.objects.get(slug="about")
    address = f"/coach/challenge/article/{article.pk}/change/"
    mine = {**opened(article), "body": "## Who we are\n\nMine & mine."}
    own = {**opened(article), "body": "## Who we are\n\nTwo coaches."}
    assert f'name="seen" value="{mine["seen"]}"' in coach.get(address).content.decode()
    coach.post(address, own)

    page = coach.post(address, mine)

    assert page.status_code == 409
    assert "Somebody else changed this page after you had opened it." in said(page)
    assert "<del>Two coaches.</del>" in page.content.decode()
    assert "<ins>Mine &amp; mine.</ins>" in page.content.decode()
    article.refresh_from_db()
    assert article.body == own["body"]
    assert coach.post(address, dict(page.context["posted"])).status_code == 302
    article.refresh_from_db()
    assert article.body == mine["body"]


def test_a_text_that_is_too_long_is_given_back(coach: Client, program: Program) -> None:
    article = Article.objects.get(slug="about")
    paste = "many words " * 3_000

    page = coach.post(f"/coach/challenge/article/{article.pk}/change/", {**opened(article), "body": paste})

    assert "33,000 characters" in said(page) or "32,999 characters" in said(page)
    assert page.context["adminform"].form["body"].value() == paste


def test_an_article_keeps_the_words_of_the_safety_rules(coach: Client, program: Program) -> None:
    article = Article.objects.get(slug="faq")
    body = article.body.replace("coughing", "spitting").replace("Coughing", "Spitting")
    form = {**opened(article), "body": body}

    page = coach.post(f"/coach/challenge/article/{article.pk}/change/", form)

    assert 'This has to say "coughing blood"' in said(page)
    assert not Article.objects.get(slug="faq").is_edited
