"""A saved view that searched for an address before the upgrade finds the same person by number after it."""

from collections.abc import Iterator

import pytest
from django.apps.registry import Apps

from challenge.models import SavedFilter
from tests.models.conftest import migrate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def before() -> Iterator[Apps]:
    yield migrate("0041_whom_it_went_to")
    migrate(None)


def test_no_saved_view_holds_an_address(before: Apps) -> None:
    people, saved = before.get_model("accounts", "User").objects, before.get_model("challenge", "SavedFilter")
    maya, coach = (people.create(email=f"{name}@example.com") for name in ("maya", "coach"))
    queries = {
        "address": "q=%3Cmaya%40example.com%3E+Maya&quiet=7",
        "nobody": "q=gone%40example.com",
        "domain": "q=%40example.com",
        "name": "q=Maya",
    }
    for name, query in queries.items():
        saved.objects.create(coach=coach, name=name, query=query)

    migrate(None)

    assert dict(SavedFilter.objects.values_list("name", "query")) == {
        "address": f"q=%23{maya.pk}+Maya&quiet=7",
        "nobody": "q=%230",
        "domain": "q=%40example.com",
        "name": "q=Maya",
    }
