"""Heartbeats: when recurring work was last done."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """One row for each kind of recurring work, updated each time."""

    class Name(models.TextChoices):
        PLANNER = "planner", _("planner")
        WATCH = "watch", _("watch")

    name = models.CharField(_("what"), max_length=20, primary_key=True)
    at = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name


def beat(name: Heartbeat.Name, now: datetime) -> None:
    """Record that the work was done; one statement, except for the first time."""
    if not Heartbeat.objects.filter(name=name).update(at=now):
        Heartbeat.objects.bulk_create([Heartbeat(name=name, at=now)], ignore_conflicts=True)


def last(name: Heartbeat.Name) -> datetime | None:
    """Return when the work was last done (UTC); None before the first time."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
