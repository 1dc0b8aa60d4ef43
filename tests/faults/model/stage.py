"""Where a run of the model takes place: afterwards the database and this process know nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from challenge.delivery.throttle import circuit_breaker, lanes
from challenge.models import Limit, MailRequest, Suppression


@contextmanager
def stage(now: datetime) -> Iterator[None]:
    """On SQLite a run is one transaction, which is taken back: that costs least. On PostgreSQL results are
    recorded in another way inside of a transaction, so there everything is kept, and deleted."""
    circuit_breaker.memory = circuit_breaker.Memory()
    lanes.read(now)
    if connection.vendor == "postgresql":
        yield
        User.objects.filter(is_staff=False).delete()
        for model in (Suppression, MailRequest, Limit):
            model._default_manager.all().delete()
    else:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
