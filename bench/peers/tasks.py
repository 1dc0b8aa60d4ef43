"""One Celery task for each mail, on a mail connection and a database connection that stay open."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.settings")

app = Celery("peer", broker=os.environ.get("REDIS_URL"), set_as_current=False)
app.conf.update(
    task_ignore_result=True,
    worker_prefetch_multiplier=64,
    task_default_queue="mails",
    broker_connection_retry_on_startup=True,
    CELERY_DB_REUSE_MAX=10**9,  # Celery's own name for it, also beside names in small letters
)


@lru_cache
def _sample() -> dict[str, Any]:
    from bench.peers.mail import read_sample

    return read_sample(Path(os.environ["PEER_SAMPLE"]))


@lru_cache
def _connection() -> Any:
    from django.core.mail import get_connection

    connection = get_connection()
    connection.open()
    return connection


@app.task(name="bench.peers.send")
def send(mail_id: int) -> None:
    from django.utils import timezone

    from bench.peers.mail import make_message
    from bench.peers.models import Mail

    mail = Mail.objects.get(pk=mail_id)
    if mail.sent_at is None:
        _connection().send_messages([make_message(_sample(), mail.number, mail.recipient)])
        mail.sent_at = timezone.now()
        mail.save(update_fields=["sent_at"])
