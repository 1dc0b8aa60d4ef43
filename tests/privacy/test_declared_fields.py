"""Each field of each table is declared: health data, personal data, or neither."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from accounts.models import User
from challenge.models import Enrollment
from challenge.models.privacy import TABLES, model_of
from challenge.privacy.retention import KEPT

pytestmark = pytest.mark.pure

MODELS = {
    f"{model._meta.app_label}.{model._meta.object_name}": model
    for model in apps.get_models(include_auto_created=True)
}
# Rows of these are a coach's own; the person is the author.
OF_COACHES = {
    "admin.LogEntry",
    "challenge.Day",
    "challenge.Recall",
    "challenge.Revision",
    "challenge.SafetyRules",
    "challenge.SavedFilter",
    "challenge.Stretch",
    "challenge.StretchVersion",
}


def test_every_table_is_declared_and_no_other() -> None:
    assert set(TABLES) == set(MODELS)


@pytest.mark.parametrize("table", MODELS)
def test_every_field_is_declared_once(table: str) -> None:
    assert sorted(TABLES[table].fields) == sorted(field.name for field in MODELS[table]._meta.concrete_fields)


@pytest.mark.parametrize("table", MODELS)
def test_a_table_that_leads_to_a_person_says_how(table: str) -> None:
    leads = any(
        isinstance(field, ForeignKey) and field.related_model in (User, Enrollment)
        for field in MODELS[table]._meta.concrete_fields
    )
    if leads and table not in OF_COACHES:
        assert TABLES[table].of


def test_health_data_is_found_by_one_lookup_and_can_be_blank() -> None:
    tables = {table: declared for table, declared in TABLES.items() if declared.health}
    assert "challenge.CheckIn" in tables
    for table, declared in tables.items():
        assert isinstance(declared.of, str)
        assert len(declared.of.split()) == 1
        fields = [model_of(table)._meta.get_field(name) for name in declared.health.split()]
        assert all(field.blank for field in fields if not field.is_relation)  # type: ignore[union-attr]


def test_all_health_data_has_a_term() -> None:
    kept = [kept for rows in KEPT.values() for kept in rows]
    for table, declared in TABLES.items():
        aged = {name for each in kept if each.model is model_of(table) for name in each.fields}
        assert set(declared.health.split()) <= aged
