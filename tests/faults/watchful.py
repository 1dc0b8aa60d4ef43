"""`manage.py send_due --loop` that looks more often: python -m tests.faults.watchful SECONDS"""

import os
import sys
from dataclasses import replace


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from challenge.worker.recurring import JOBS

    JOBS["check"] = replace(JOBS["check"], seconds=float(sys.argv[1]))
    call_command("send_due", loop=True)


if __name__ == "__main__":
    main()
