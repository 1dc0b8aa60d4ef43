"""One worker of ours: `manage.py send_due` as it ships, in a process that waits for the word.

python -m bench.sender
"""

import os

import django
from django.core.management import call_command

from bench.processes import await_start, done


def get_ready() -> None:
    """Import everything that a worker which has been running for a while has imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
    django.setup()
    from django.urls import get_resolver
    from kombu.transport import redis  # noqa: F401 - where it asks whether the database went back

    from challenge.management.commands import send_due  # noqa: F401 - for what it imports

    get_resolver().reverse_dict  # noqa: B018 - reads the table of URLs, and every view with it


def main() -> None:
    get_ready()
    await_start()
    call_command("send_due")
    done()


if __name__ == "__main__":
    main()
