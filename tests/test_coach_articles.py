"""Articles in admin: what could harm is refused at the field, what is fine is saved."""

import re

import pytest
from django.test import Client

from challenge.models import Article, Program
from tests.desk import said
from tests.payloads import REFUSED

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("payload", [*REFUSED, "no heading"])
def test_an_article_is_refused_at_its_field(coach: Client, program: Program, payload: str) -> None:
    article = Article.objects.get(slug="faq")
    text = REFUSED.get(payload, "No heading at all in this text, which is otherwise fine.")
    if payload == "header":
        text = text.replace("\r\n\r\n", " ")
    form = {"title": article.title, "summary": article.summary, "body": f"## Part\n\n{text}"}
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
    form = {"title": "About us", "summary": article.summary, "body": "## Who we are\r\n\r\nTwo coaches."}

    assert coach.post(address, form).status_code == 302

    article.refresh_from_db()
    assert (article.title, article.body, article.is_edited) == (
        "About us",
        "## Who we are\n\nTwo coaches.",
        True,
    )
    assert "Line 1" in said(coach.post(address, {**form, "title": "x" * 121}))
    assert coach.get("/coach/challenge/article/add/").status_code == 403
    assert coach.post(f"/coach/challenge/article/{article.pk}/delete/", {"post": "yes"}).status_code == 403
