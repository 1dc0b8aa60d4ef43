"""`manage.py send_due --loop` with shorter pauses, or with mails that cannot be composed.

python -m tests.faults.send_loop [--pause SECONDS] [--monitor SECONDS] [--poison]

SECONDS lie between its rounds, and between two looks of its monitoring. With --poison a runner's first name
selects what happens when the mail is composed: the process ends at once, or an error is raised."""

import os
from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

ENDS, RAISES = "poison-ends", "poison-raises"


def poison_compose() -> None:
    from challenge.delivery import send

    compose = vars(send)["compose"]

    def poisoned(delivery: Any, *rest: Any, **options: Any) -> Any:
        name = delivery.enrollment.runner.first_name
        if name == ENDS:
            os._exit(70)
        if name == RAISES:
            raise RuntimeError("poison")
        return compose(delivery, *rest, **options)

    vars(send)["compose"] = poisoned


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--pause", type=float)
    parser.add_argument("--monitor", type=float)
    parser.add_argument("--poison", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from challenge.management.commands import send_due
    from challenge.worker.recurring import JOBS

    if options.poison:
        poison_compose()
    if options.pause:
        vars(send_due)["PAUSE_SECONDS"] = options.pause
    if options.monitor:
        JOBS["check"] = replace(JOBS["check"], seconds=options.monitor)
    call_command("send_due", loop=True)


if __name__ == "__main__":
    main()
