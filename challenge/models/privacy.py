"""What each field of each table holds: health data, personal data, or neither.

A test fails for a field that is not declared. Export, erasing and retention follow from this list, so that a
new field is in each of them as soon as it is declared.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.models import User


class Declared(NamedTuple):
    """The fields of one table, by what they hold; names are separated by spaces. `of` finds the rows about a
    person: lookups that lead to the person, or a function; a table without it has none. `secret` is personal,
    opens something, and is not exported. `harmless` finds the rows whose fields of health data say nothing of
    health: they are kept without consent to it."""

    of: str | Callable[[User], Q] = ""
    health: str = ""
    personal: str = ""
    secret: str = ""
    neither: str = ""
    harmless: Q = Q(pk__in=[])

    def about(self, user: User) -> Q:
        """Find the rows about a person."""
        if not isinstance(self.of, str):
            return self.of(user)
        found = Q(pk__in=[])
        for lookup in self.of.split():
            found |= Q(**{lookup: user})
        return found

    @property
    def fields(self) -> list[str]:
        return " ".join([self.health, self.personal, self.secret, self.neither]).split()

    @property
    def exported(self) -> list[str]:
        return [name for name in self.fields if name not in self.secret.split()]


def _of_log(user: User) -> Q:
    """Find what coaches did to a person, and to that person's enrollments."""
    about = Q(pk__in=[])
    for table, keys in (("user", [user.pk]), ("enrollment", user.enrollments.values_list("pk", flat=True))):
        types = ContentType.objects.filter(model=table, app_label__in=["accounts", "challenge"])
        about |= Q(content_type__in=types, object_id__in=[str(key) for key in keys])
    return about


TABLES = {
    "accounts.User": Declared(
        lambda user: Q(pk=user.pk),
        personal="id email first_name is_active last_login date_joined erase_at",
        secret="password",
        neither="is_superuser is_staff",
    ),
    "accounts.User_groups": Declared("user", personal="id user group"),
    "accounts.User_user_permissions": Declared("user", personal="id user permission"),
    "accounts.Consent": Declared(
        "user",
        personal="id user purpose version form wording asked_at given_at withdrawn_at",
    ),
    "challenge.Enrollment": Declared(
        "runner",
        health="left_out",
        personal="id runner program cohort state starts_on send_at time_zone next_due_at created_at"
        " confirmed_at pinned_at left_at left_from words_only"
        " screening_asked_at screening_day",
        secret="link_key",
        neither="opens_numbered_links",
    ),
    "challenge.AddressChange": Declared(
        "user",
        personal="id user old_address new_address asked_at confirmed_at undone_at",
        secret="key",
    ),
    "challenge.WaitingSignUp": Declared(
        "enrollment__runner",
        personal="id enrollment first_name starts_on send_at time_zone cohort asked_at answered_at",
    ),
    "challenge.Event": Declared(
        "enrollment__runner", personal="id enrollment at kind actor detail detail_values"
    ),
    "challenge.CheckIn": Declared(
        "enrollment__runner",
        health="tightness pain place pain_where running_brings_it_on sharp worse_next_morning note",
        personal="id enrollment day status distance unit doubt created_at updated_at",
        neither="processed_at",
    ),
    "challenge.EarlierCheckIn": Declared(
        "enrollment__runner",
        health="tightness pain place pain_where running_brings_it_on sharp worse_next_morning note",
        personal="id enrollment day status distance unit doubt created_at updated_at replaced_at removed_at",
    ),
    "challenge.Progress": Declared(
        "enrollment__runner", personal="id enrollment done partly not_today streak last_check_in_at"
    ),
    "challenge.Message": Declared(
        "enrollment__runner",
        personal="id enrollment direction state day text at doubt author answers published published_at",
    ),
    "challenge.Note": Declared("enrollment__runner", personal="id enrollment day text written_at author"),
    "challenge.Memo": Declared("enrollment__runner", personal="id enrollment text written_at author"),
    "challenge.Screening": Declared(
        "enrollment__runner",
        health="result answers",
        personal="id enrollment version answered_at",
        harmless=Q(result__in=["clear", "some"], answers=[]),
    ),
    "challenge.Hold": Declared(
        "enrollment__runner",
        health="reason level values",
        personal="id enrollment source held_from words_only opened_by opened_at cleared_at cleared_by"
        " cleared_because",
        harmless=Q(reason__in=["safety", "coach"], level="", values={}),
    ),
    "challenge.Escalation": Declared(
        "enrollment__runner",
        health="level",
        personal="id enrollment hold state opened_at told_at times_told second_told_at alarmed_at"
        " acknowledged_at acknowledged_by resolved_at resolved_by",
        secret="key",
    ),
    "challenge.DeskItem": Declared(
        "enrollment__runner", personal="id kind enrollment about since snoozed_until done_at done_by"
    ),
    "challenge.Delivery": Declared(
        "enrollment__runner recipient",
        personal="id enrollment recipient address address_hash domain kind day copy revision recall"
        " answer escalation address_change state"
        " due_at try_at closes_at sent_at uncertain reason reason_values attempts",
        neither="priority lease leased_until",
    ),
    "challenge.DeliveryEvent": Declared(
        "delivery__enrollment__runner delivery__recipient",
        personal="id delivery kind source bad_address at event_id detail address_hash",
    ),
    "challenge.Suppression": Declared(
        lambda user: Q(runner=user) | Q(address_hash=user.address_hash),
        personal="id address_hash reason detail runner created_at",
    ),
    "challenge.MailRequest": Declared(
        lambda user: Q(mailbox_hash=user.mailbox_hash),
        personal="id mailbox_hash ip_hash network_hash created_at mail mailed leaves_at answered",
    ),
    "admin.LogEntry": Declared(
        _of_log,
        personal="id action_time user content_type object_id object_repr action_flag change_message",
    ),
    # Of coaches, and of nobody.
    "challenge.SafetyRules": Declared(
        neither="id ease_from hold_from rising_hold_from in_a_row worse_in_a_row days_left_out"
        " counts_for_days words_only red_words remind_after second_contact second_after signed_by signed_at"
    ),
    "challenge.SavedFilter": Declared(neither="id coach name query"),
    "sessions.Session": Declared(neither="session_key session_data expire_date"),
    "challenge.Alarm": Declared(neither="kind code values since told_at claimed_until"),
    "challenge.Program": Declared(neither="id slug title summary length weeks points safety is_open"),
    "challenge.Article": Declared(neither="id program slug title summary body is_edited"),
    "challenge.Cohort": Declared(neither="id program slug name starts_on"),
    "challenge.Stretch": Declared(
        neither="id draft draft_saved_at draft_by program slug kind title minutes content recalled_at"
        " replacement"
    ),
    "challenge.StretchVersion": Declared(neither="id number origin author note content published_at stretch"),
    "challenge.Recall": Declared(neither="id stretch message subject text html recalled_at recalled_by"),
    "challenge.Day": Declared(neither="id draft draft_saved_at draft_by program number published"),
    "challenge.Revision": Declared(
        neither="id number origin author note content published_at day title points minutes subject text"
        " html digest for_all"
    ),
    "challenge.Revision_stretches": Declared(neither="id revision stretch"),
    "challenge.Heartbeat": Declared(neither="name at"),
    "challenge.Limit": Declared(
        neither="id domain per_second connections warm_up_from first_day counted_on counted free_at"
        " slow_until suspended_until reason reason_values suspensions"
    ),
    "challenge.RestoreStop": Declared(
        neither="id history counter counted_at database_identity key_canary reason stopped_since ran_until"
    ),
    "auth.Permission": Declared(neither="id name content_type codename"),
    "auth.Group": Declared(neither="id name"),
    "auth.Group_permissions": Declared(neither="id group permission"),
    "contenttypes.ContentType": Declared(neither="id app_label model"),
}


def model_of(table: str) -> type[Model]:
    app, name = table.split(".")
    return next(
        model
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.object_name == name
    )


def blank(model: type[Model], fields: Iterable[str]) -> dict[str, object]:
    """Return what these fields hold when they hold nothing."""
    return {name: _nothing(model._meta.get_field(name)) for name in fields}


def _nothing(field: Any) -> object:
    if field.null:
        return None
    return field.default() if field.has_default() and callable(field.default) else ""


def filled(model: type[Model], fields: Iterable[str]) -> Q:
    """Find the rows in which any of these fields holds something."""
    found = Q()
    for name, nothing in blank(model, fields).items():
        found |= Q(**{f"{name}__isnull": False}) if nothing is None else ~Q(**{name: nothing})
    return found


def _health_data() -> Iterator[tuple[str, QuerySet[Any], list[str]]]:
    """Yield the lookup that leads to the person, the rows that hold health data, and its fields in them."""
    for table, declared in TABLES.items():
        if declared.health:
            assert isinstance(declared.of, str)
            model, fields = model_of(table), declared.health.split()
            rows = model._base_manager.filter(filled(model, fields)).exclude(declared.harmless)
            yield declared.of, rows, fields


def whose_health_data_is_kept() -> QuerySet[User]:
    found = Q(pk__in=[])
    for of, rows, _fields in _health_data():
        found |= Q(Exists(rows.filter(**{of: OuterRef("pk")})))
    return User.objects.filter(found)


def erase_health_data(user: User) -> int:
    """Blank every field that holds health data of a person. Return how many rows held some."""
    return sum(
        rows.filter(**{of: user}).update(**blank(rows.model, fields)) for of, rows, fields in _health_data()
    )
