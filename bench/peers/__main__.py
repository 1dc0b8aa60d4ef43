"""The programs of the peers' own environment: python -m bench.peers COMMAND ARGUMENTS

fill SAMPLE COUNT        fill the database with mails
fill_office SAMPLE COUNT queue mails of django-post_office
loop SAMPLE PART PARTS   Django's own loop, one process of several: render, EmailMultiAlternatives on a
                         connection that stays open, and a mark for each mail
each SAMPLE              one Celery task for each mail: the tasks wait in Redis before the start, and so
                         does a worker of two processes, which is told of their queue then
office FOLDER            django-post_office: `send_queued_mail` with two processes
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import django

from bench.processes import await_start, done

WORKER = ("celery", "--app", "bench.peers.tasks", "worker", "--concurrency", "2", "--queues", "idle")
QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat", "--loglevel", "ERROR")
NODE = "peer@bench"
BATCH = 1000


def fill(path: str, count: str) -> None:
    from bench.peers.models import Mail

    mails = [Mail(recipient=f"runner-{n}@example.com", number=n) for n in range(1, int(count) + 1)]
    Mail.objects.all().delete()
    Mail.objects.bulk_create(mails, batch_size=BATCH)


def fill_office(path: str, count: str) -> None:
    """Queue mails that are rendered when they are delivered; their links are signed beforehand."""
    from post_office import mail
    from post_office.models import Email, EmailTemplate

    from bench.peers.mail import headers, links, read_sample

    sample, last = read_sample(Path(path)), int(count)
    Email.objects.all().delete()
    words = {"subject": sample["subject"], "content": sample["text"], "html_content": sample["html"]}
    template, _ = EmailTemplate.objects.update_or_create(name="lesson", defaults=words)
    for first in range(1, last + 1, BATCH):
        mail.send_many(
            [
                {
                    "recipients": f"runner-{n}@example.com",
                    "template": template,
                    "context": {**sample["context"], **links(n)},
                    "headers": headers(n),
                    "render_on_delivery": True,
                }
                for n in range(first, min(first + BATCH, last + 1))
            ]
        )


def loop(path: str, part: str, parts: str) -> None:
    from django.core.mail import get_connection
    from django.db.models import F
    from django.utils import timezone

    from bench.peers.mail import make_message, read_sample
    from bench.peers.models import Mail

    sample = read_sample(Path(path))
    mails: Any = Mail.objects.annotate(part=F("number") % int(parts)).filter(sent_at=None, part=int(part))
    await_start()
    with get_connection() as connection:
        for mail in mails.order_by("id"):
            connection.send_messages([make_message(sample, mail.number, mail.recipient)])
            mail.sent_at = timezone.now()
            mail.save(update_fields=["sent_at"])
    if mails.exists():
        sys.exit("not every mail was sent")


def each(path: str) -> None:
    os.environ["PEER_SAMPLE"] = path
    from bench.peers.models import Mail
    from bench.peers.tasks import app, send

    for mail_id in Mail.objects.order_by("id").values_list("id", flat=True):
        send.delay(mail_id)
    worker = subprocess.Popen([sys.executable, "-m", *WORKER, *QUIET, "--hostname", NODE])
    try:
        _await(lambda: bool(app.control.ping(destination=[NODE], timeout=0.5)), 60)
        await_start()
        app.control.add_consumer("mails", destination=[NODE], reply=True)
        with app.connection_for_read() as broker:
            channel: Any = broker.default_channel
            unsent = Mail.objects.filter(sent_at=None)
            _await(lambda: not channel.client.llen("mails") and not unsent.exists(), 600)
        done()
    finally:
        worker.terminate()
        worker.wait()


def _await(condition: Callable[[], bool], seconds: float) -> None:
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            sys.exit("the worker hangs")
        sleep(0.02)


def office(folder: str) -> None:
    from django.core.management import call_command
    from post_office.models import STATUS, Email

    await_start()
    call_command("send_queued_mail", processes=2, lockfile=f"{folder}/post_office", log_level=1)
    if Email.objects.exclude(status=STATUS.sent).exists():
        sys.exit("not every mail was sent")


def main() -> None:
    django.setup()
    command, arguments = sys.argv[1], sys.argv[2:]
    if command.startswith("fill"):
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", run_syncdb=True, verbosity=0)
        (fill if command == "fill" else fill_office)(*arguments)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        return
    commands: dict[str, Callable[..., None]] = {"loop": loop, "each": each, "office": office}
    commands[command](*arguments)
    done()


if __name__ == "__main__":
    main()
