"""django-post_office: `send_queued_mail` with two processes, in a process that waits for the word.

python -m bench.peers.office FOLDER
"""

import sys

import django

from bench.processes import await_start, done


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from post_office.models import STATUS, Email

    await_start()
    call_command("send_queued_mail", processes=2, lockfile=f"{sys.argv[1]}/post_office", log_level=1)
    if Email.objects.exclude(status=STATUS.sent).exists():
        sys.exit("not every mail was sent")
    done()


if __name__ == "__main__":
    main()
