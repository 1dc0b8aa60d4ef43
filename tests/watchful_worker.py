"""Celery's application, whose workers look after mail twice a second: --app tests.watchful_worker"""

from typing import Any

from celery import signals

from challenge.celery import app as app


@signals.celeryd_after_setup.connect
def hurry(**_: Any) -> None:
    from challenge.watching import lookout

    vars(lookout)["EVERY_SECONDS"] = 0.5
