"""Conditions of queries that are asked for every batch of mail."""

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from challenge.models import Delivery, Program
from challenge.models.conditions import among, is_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_among_numbers_and_ids(trio: list[Any]) -> None:
    Delivery.objects.queue_many(
        [
            Delivery.objects.prepare(
                enrollment=one, kind=Delivery.Kind.WELCOME, due_at=one.created_at, try_at=one.created_at
            )
            for one in trio
        ]
    )
    first, second, _third = Delivery.objects.order_by("enrollment")

    assert set(Delivery.objects.filter(among("id", [first.id, second.id, uuid.uuid4()]))) == {first, second}
    assert list(Delivery.objects.filter(among("enrollment", [second.enrollment_id, 0]))) == [second]
    assert list(Delivery.objects.filter(among("enrollment__runner", {first.enrollment.runner_id}))) == [first]
    assert not Delivery.objects.filter(among("id", []))
    assert not Delivery.objects.filter(among("enrollment", []))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=4))
def test_among_texts_takes_them_as_they_are(program: Program, titles: list[str]) -> None:
    """Quotes, commas, braces and backslashes must not end an element of the array."""
    found = Program.objects.filter(among("title", [*titles, program.title]))
    assert list(found) == [program]
    if program.title not in titles:
        assert not Program.objects.filter(among("title", titles))


def test_states_stand_as_words() -> None:
    assert "IN ('queued', 'retry')" in str(Delivery.objects.filter(is_in(*Delivery.WAITING)).query)
