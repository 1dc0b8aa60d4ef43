"""One worker of ours: `manage.py send_due` as it ships, in a process that waits for the word.

python -m bench.pace.sender
"""

import os

import django
from django.core.management import call_command

from bench.pace.gun import await_start, done


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
    django.setup()
    from challenge.management.commands import send_due  # noqa: F401 - what it imports is imported before the word

    await_start()
    call_command("send_due")
    done()


if __name__ == "__main__":
    main()
