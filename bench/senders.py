"""The senders of a race, each in a process that waits for the start.

python -m bench.senders ours                       manage.py send_due, as it ships
python -m bench.senders smtplib PORT COUNT FILE    the limit: one connection, one ready message again and
                                                   again, nothing recorded
"""

import os
import smtplib
import sys
from pathlib import Path

from bench.processes import await_start, done


def get_ready() -> None:
    """Import everything that a worker has imported after a while."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
    django.setup()
    from django.urls import get_resolver
    from kombu.transport import redis  # noqa: F401 - where it asks whether the database went back

    from challenge.management.commands import send_due  # noqa: F401 - for what it imports

    get_resolver().reverse_dict  # noqa: B018 - reads the table of URLs, and every view with it


def send_due() -> None:
    get_ready()
    from django.core.management import call_command

    await_start()
    call_command("send_due")


def send_by_smtplib(port: int, count: int, path: Path) -> None:
    message = path.read_bytes()
    await_start()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="example.org") as smtp:
        for number in range(count):
            smtp.sendmail("coach@example.org", [f"runner-{number}@example.com"], message)


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        send_due()
    else:
        send_by_smtplib(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    done()
