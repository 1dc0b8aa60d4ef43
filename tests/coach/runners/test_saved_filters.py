"""Saved filters: a view of the list under a name, for the coach who saved it and nobody else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from challenge.models import Enrollment, SavedFilter

pytestmark = pytest.mark.django_db
LIST = "/coach/challenge/enrollment/"
SAVE = f"{LIST}filters/"


def desk(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(email, is_staff=True))
    return client


@pytest.fixture
def dana() -> Client:
    return desk("dana@example.com")


def page(client: Client, query: str = "") -> str:
    return client.get(f"{LIST}?{query}").content.decode()


def test_a_view_is_saved_found_and_followed(dana: Client, alice: Enrollment) -> None:
    query = "day_from=8&day_to=14&quiet=3"
    assert f'name="query" value="{query.replace("&", "&amp;")}"' in page(dana, query)

    answer = dana.post(SAVE, {"name": "Second week, silent", "query": query})

    saved = SavedFilter.objects.get()
    assert (saved.coach.email, saved.name, saved.query) == (
        "dana@example.com", "Second week, silent", "day_from=8&day_to=14&quiet=3",
    )  # fmt: skip
    assert answer["Location"] == f"{LIST}?{query}"
    link = f'<a href="{LIST}?day_from=8&amp;day_to=14&amp;quiet=3">Second week, silent</a>'
    assert link in page(dana)
    assert ">Second week, silent</a>" in dana.get("/coach/").content.decode()
    assert "Alice" not in page(dana, query)


def test_the_same_name_takes_the_new_view(dana: Client) -> None:
    dana.post(SAVE, {"name": "Mine", "query": "quiet=3"})
    dana.post(SAVE, {"name": "Mine", "query": "quiet=7"})

    assert SavedFilter.objects.get().query == "quiet=7"


def test_one_coach_neither_sees_nor_deletes_what_another_saved(dana: Client) -> None:
    erin = desk("erin@example.com")
    dana.post(SAVE, {"name": "Dana's own", "query": "pain=4"})
    erin.post(SAVE, {"name": "Dana's own", "query": "pain=6"})
    saved = SavedFilter.objects.get(coach__email="dana@example.com")
    delete = f"{SAVE}{saved.pk}/delete/"

    assert "pain=4" not in page(erin).split('id="changelist"')[0]
    assert erin.post(delete).status_code == 302
    assert SavedFilter.objects.filter(pk=saved.pk).exists()

    assert dana.get(delete).status_code == 405
    assert SavedFilter.objects.filter(pk=saved.pk).exists()
    dana.post(delete)
    assert [each.query for each in SavedFilter.objects.all()] == ["pain=6"]


def test_only_known_parameters_are_kept(dana: Client) -> None:
    hostile = (
        "quiet=3&runner__password__startswith=a&next=//evil.example&p=2&all=&q=%22%3E%3Cscript%3E&_facets=1"
        "&quiet=7&pain=%00"
    )
    answer = dana.post(SAVE, {"name": "Odd", "query": hostile})

    assert parse_qs(SavedFilter.objects.get().query) == {"q": ['"><script>'], "quiet": ["7"]}
    assert urlsplit(answer["Location"]).netloc == ""
    assert '<script>"' not in page(dana)
    assert 'href="/coach/challenge/enrollment/?q=%22%3E%3Cscript%3E&amp;quiet=7"' in page(dana)


def test_a_stored_query_that_was_tampered_with_leads_only_to_the_list(dana: Client) -> None:
    coach = User.objects.get(email="dana@example.com")
    SavedFilter.objects.create(coach=coach, name="x", query='x" onclick="alert(1)&state__exact=active')

    assert f'href="{LIST}?state__exact=active">x</a>' in page(dana)
    assert '" onclick' not in page(dana) + dana.get("/coach/").content.decode()


def test_a_name_is_shown_as_text(dana: Client) -> None:
    dana.post(SAVE, {"name": "<img src=x onerror=alert(1)>", "query": "quiet=3"})

    for text in (page(dana), dana.get("/coach/").content.decode()):
        assert "<img src=x" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;" in text


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", "quiet=3", "Give the view a name"),
        ("   ", "quiet=3", "Give the view a name"),
        ("n" * 81, "quiet=3", "Give the view a name"),
        ("Mine", "", "Choose a filter first"),
        ("Mine", "evil=1&p=3", "Choose a filter first"),
        ("Mine", "q=" + "x" * 600, "too long"),
        ("Mine", "&".join(f"a{n}=1" for n in range(900)), "Choose a filter first"),
    ],
)
def test_what_can_not_be_saved_says_why(dana: Client, name: str, query: str, said: str) -> None:
    answer = dana.post(SAVE, {"name": name, "query": query}, follow=True)

    assert said in answer.content.decode()
    assert not SavedFilter.objects.exists()


def test_saving_needs_a_post_with_the_form_s_token(dana: Client) -> None:
    assert dana.get(SAVE, {"name": "Mine", "query": "quiet=3"}).status_code == 405

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(email="dana@example.com"))
    assert strict.post(SAVE, {"name": "Mine", "query": "quiet=3"}).status_code == 403
    assert not SavedFilter.objects.exists()
