"""Many runners and their queued lessons, made by the database itself."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from accounts.models import Consent, User
from challenge.models import Delivery, Enrollment, Program
from tests.support.crowd import noon_zone

DAY = 3
NOT_DUE = timedelta(days=2)


def multiply(row: models.Model, count: int, first: int, **changed: str) -> None:
    """Insert `count` copies of a saved row, numbered from `first`. `changed` gives columns as SQL, in
    which `n` is the number of the copy and `row` the row."""
    table, key = row._meta.db_table, row._meta.pk.attname
    fields = [field.attname for field in row._meta.concrete_fields]  # named as their columns are
    columns = [name for name in fields if name != key or key in changed]
    values = [changed.get(column, f"row.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM {table} AS row, generate_series({first}, {first + count - 1}) AS n WHERE row.{key} = %s",
            [row.pk],
        )


def enroll(count: int, next_due: str = "now() + interval '2 days'", agreed: bool = True) -> None:
    """Add active runners until there are `count`. `next_due` is SQL: when the next lesson is due;
    `agreed` says whether they agreed to mail, without which none is sent."""
    have = Enrollment.objects.count()
    if have == 0 and count:
        _first()
        have = 1
    new = count - have
    if new > 0:
        enrollment = Enrollment.objects.select_related("runner").earliest("id")
        consent = Consent.objects.get(user=enrollment.runner)
        above = User.objects.latest("id").pk - have
        multiply(
            enrollment.runner, new, have + 1, id=f"{above} + n", email="'runner-' || n || '@example.com'"
        )
        if agreed:
            multiply(consent, new, have + 1, user_id=f"{above} + n")
        multiply(
            enrollment,
            new,
            have + 1,
            runner_id=f"{above} + n",
            next_due_at=next_due,
            link_key="gen_random_uuid()",
        )


def _first() -> None:
    now = timezone.now()
    runner = User.objects.create(email="runner-1@example.com", first_name="Robin", password="!")
    Consent.objects.create(user=runner, purpose=Consent.Purpose.MAIL, asked_at=now, given_at=now)
    Enrollment.objects.create(
        runner=runner,
        program=Program.objects.get(),
        state=Enrollment.State.ACTIVE,
        starts_on=now.date() - timedelta(days=DAY),
        send_at=time(11, 0),
        time_zone=noon_zone(now),  # where lessons may leave for hours yet
        created_at=now,
        confirmed_at=now,
        pinned_at=now,
        next_due_at=now + NOT_DUE,
    )


def queue(count: int, day: int = DAY, sent_at: datetime | None = None) -> None:
    """Make the ledger hold exactly one lesson for each of `count` runners: queued and due at once, or
    sent already."""
    clear()
    first = Enrollment.objects.select_related("runner").earliest("id")
    now = sent_at or timezone.now()
    lesson = Delivery.objects.prepare(
        enrollment=first, kind=Delivery.Kind.LESSON, day=day, due_at=now, try_at=now
    )
    lesson.closes_at, lesson.sent_at = now + timedelta(hours=12), sent_at
    lesson.state = Delivery.State.SENT if sent_at else Delivery.State.QUEUED
    lesson.save(force_insert=True)
    if count > 1:
        multiply(lesson, count - 1, first.pk + 1, id="gen_random_uuid()", enrollment_id="n")
    settle_down(Delivery)


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Delivery._meta.db_table} CASCADE")


def settle_down(*tables: type[models.Model]) -> None:
    """Let PostgreSQL do now what it would else do in the middle of a run."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table._meta.db_table}")
        cursor.execute("CHECKPOINT")


def ledger() -> Mapping[str, Any]:
    counted = Delivery.objects.values_list("state").annotate(models.Count("pk"))
    return dict(counted)
