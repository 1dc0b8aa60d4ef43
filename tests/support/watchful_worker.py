"""Celery's application, whose workers look after mail twice a second: --app tests.support.watchful_worker"""

from typing import Any

from celery import signals

from challenge.celery import app as app


@signals.celeryd_after_setup.connect
def hurry(**_: Any) -> None:
    from challenge.worker import background

    vars(background)["EVERY_SECONDS"] = 0.5
