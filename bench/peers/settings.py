"""Django's settings for the peers. What differs from the defaults makes each fastest."""

import os

SECRET_KEY = "only-for-measuring-0123456789abcdefghijklmnopqrstuvwxyz"
INSTALLED_APPS = ["bench.peers", *(["post_office"] if os.environ.get("WITH_POST_OFFICE") else [])]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("PEER_DATABASE", ""),
        "HOST": os.environ.get("PEER_HOST", ""),
        "USER": os.environ.get("PEER_USER", ""),
        "CONN_MAX_AGE": None,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ.get("MAIL_PORT", "25"))
DEFAULT_FROM_EMAIL = "Coach <coach@example.org>"
# Nothing is logged for a mail that was sent, and one connection for each process: more threads are slower.
POST_OFFICE = {"BATCH_SIZE": 1000, "LOG_LEVEL": 1, "THREADS_PER_PROCESS": 1, "CELERY_ENABLED": False}
LOGGING = {"version": 1, "disable_existing_loggers": True, "root": {"level": "WARNING"}}
