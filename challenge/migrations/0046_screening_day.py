"""Whoever has begun before there were questions goes on, and is asked once, in the next lesson's mail; also
after an undo of leaving."""

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce


def ask(apps: Any, schema_editor: Any) -> None:
    Enrollment = apps.get_model("challenge", "Enrollment")
    Delivery = apps.get_model("challenge", "Delivery")
    Screening = apps.get_model("challenge", "Screening")
    over = Delivery.objects.filter(
        enrollment=OuterRef("pk"), kind="lesson", copy=0, state__in=["sent", "failed"]
    ).order_by("-day")
    length = apps.get_model("challenge", "Program").objects.filter(pk=OuterRef("program"))
    goes_on = ["active", "paused"]
    may_go_on = Q(state__in=goes_on) | Q(state="withdrawn", left_from__in=goes_on)
    begun = Enrollment.objects.filter(may_go_on, confirmed_at__isnull=False)
    begun = begun.exclude(Exists(Screening.objects.filter(enrollment=OuterRef("pk"))))
    begun.update(screening_day=Coalesce(Subquery(over.values("day")[:1]), 0) + 1)
    past_the_end = Enrollment.objects.filter(screening_day__gt=Subquery(length.values("length")[:1]))
    past_the_end.update(screening_day=None)


class Migration(migrations.Migration):
    dependencies = [("challenge", "0045_kept_safe")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
