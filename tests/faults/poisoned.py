"""A sender in which composing takes some runners' mail badly: python -m tests.faults.poisoned [PAUSE]

It is `manage.py send_due --loop`, with so many seconds between its rounds. A runner's first name says
what happens when her mail is composed: the process ends on the spot, or an error is raised.
"""

import os
import sys
from typing import Any

ENDS, RAISES = "poison-ends", "poison-raises"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from challenge.delivery import send
    from challenge.management.commands import send_due

    compose = vars(send)["compose"]

    def poisoned(delivery: Any, *rest: Any, **options: Any) -> Any:
        name = delivery.enrollment.runner.first_name
        if name == ENDS:
            os._exit(70)
        if name == RAISES:
            raise RuntimeError("poison")
        return compose(delivery, *rest, **options)

    vars(send)["compose"] = poisoned
    if sys.argv[1:]:
        vars(send_due)["PAUSE_SECONDS"] = float(sys.argv[1])
    call_command("send_due", loop=True)


if __name__ == "__main__":
    main()
