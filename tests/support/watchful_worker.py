"""Celery's application, whose workers look after mail twice a second: --app tests.support.watchful_worker"""

from dataclasses import replace

from challenge.celery import app as app
from challenge.worker.recurring import JOBS

JOBS["check"] = replace(JOBS["check"], seconds=0.5)
