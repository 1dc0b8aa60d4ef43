"""The WSGI application that gunicorn serves. It is read once, before gunicorn forks (--preload)."""

import os

from django.core.wsgi import get_wsgi_application

from challenge.worker.before_fork import read_and_keep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
application = get_wsgi_application()
read_and_keep()
