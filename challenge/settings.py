"""The one settings file. It reads every value that differs between machines from the environment;
docs/settings.md describes them, and tests/test_settings.py compares the two."""

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# The site
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Give it 50 random characters in the environment or in .env "
        "(docs/settings.md says how); bin/dev does it by itself."
    )
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = [
    urlsplit(SITE_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    *env.list("ALLOWED_HOSTS", []),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
PROXY_COUNT = env.int("PROXY_COUNT", 0)
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=validate.OneOf(["line", "json"]))

# The coach, as runners see them
COACH_NAME = env.str("COACH_NAME", "Your coach")
COACH_TIME_ZONE = env.str("COACH_TIME_ZONE", "UTC")
POSTAL_ADDRESS = env.str("POSTAL_ADDRESS", "")

# How long what a runner told is kept, in months (challenge.privacy.retention)
RETENTION = {
    "scores": env.int("RETENTION_SCORES", 24),
    "places": env.int("RETENTION_PLACES", 24),
    "comments": env.int("RETENTION_COMMENTS", 24),
    "questions": env.int("RETENTION_QUESTIONS", 24),
    "notes": env.int("RETENTION_NOTES", 24),
    "memos": env.int("RETENTION_MEMOS", 24),
    "safety": env.int("RETENTION_SAFETY", 24),
}

# Stores
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")
MARKS_DIR = VAR_DIR / "marks"
ERASED_FILE = VAR_DIR / "erased"
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{VAR_DIR / 'runner-reset.sqlite3'}")
DATABASES: dict[str, Any] = {
    "default": env.dj_db_url("DATABASE_URL", DATABASE_URL, conn_max_age=60, conn_health_checks=True)
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
else:
    # The database notices a silent server before a lease ends. Options in the URL go before these.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 10,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")

# Mail
EMAIL_URL = env.str("EMAIL_URL", "smtp://127.0.0.1:8025")
_email = env.dj_email_url("EMAIL_URL", EMAIL_URL)
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
SMTP_TIMEOUT = env.int("SMTP_TIMEOUT", 15)
SMTP_CONNECTIONS = env.int("SMTP_CONNECTIONS", 8)
SMTP_PER_SECOND = env.float("SMTP_PER_SECOND", 0)
MAIL_FROM = env.str("MAIL_FROM", "Runner Reset <coach@localhost>")
MAIL_FROM_ADDRESS = parseaddr(MAIL_FROM)[1]
DEFAULT_FROM_EMAIL = MAIL_FROM
MAIL_DOMAIN = MAIL_FROM_ADDRESS.rpartition("@")[2]
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", "")
MAILBOX_URL = env.str("MAILBOX_URL", "")
ANYMAIL: dict[str, Any] = {"WEBHOOK_SECRET": env.list("WEBHOOK_SECRET", []), **env.dict("WEBHOOK_KEYS", {})}
DKIM_KEY_FILE = env.str("DKIM_KEY_FILE", "")
DKIM_SELECTOR = env.str("DKIM_SELECTOR", "reset")
LEASE_SECONDS = env.int("LEASE_SECONDS", 45)
BATCH_SIZE = env.int("BATCH_SIZE", 500)
INBOX_DIR = env.str("INBOX_DIR", "")

# The operator who gets alarms, the ways to send them, and the token of the metrics
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", "")
ALARM_EMAIL_URL = env.str("ALARM_EMAIL_URL", "")
ALARM_EMAIL = env.dj_email_url("ALARM_EMAIL_URL") if ALARM_EMAIL_URL else None
ALARM_WEBHOOK_URL = env.str("ALARM_WEBHOOK_URL", "")
ALARM_WEBHOOK_SECRET = env.str("ALARM_WEBHOOK_SECRET", "")
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# What depends on an address takes this long, whatever is known of it (challenge.site.public).
EVEN_SECONDS = 0.25
# The limits for strangers who make this site send mail
SIGN_UPS_PER_IP = env.int("SIGN_UPS_PER_IP", 10)
COHORT_SIGN_UPS_PER_IP = env.int("COHORT_SIGN_UPS_PER_IP", 60)
CONFIRMATIONS_PER_HOUR = env.int("CONFIRMATIONS_PER_HOUR", 300)

# The key of the hashes that stand for addresses. The file is written by an upgrade (migration 0025): before,
# the hashes were made with SECRET_KEY.
ADDRESS_HASH_KEY_FILE = VAR_DIR / "address-hash-key"
ADDRESS_HASH_KEY = env.str("ADDRESS_HASH_KEY", "")
if not ADDRESS_HASH_KEY and ADDRESS_HASH_KEY_FILE.exists():
    ADDRESS_HASH_KEY = ADDRESS_HASH_KEY_FILE.read_text().strip()
HAS_ADDRESS_HASH_KEY = bool(ADDRESS_HASH_KEY)
ADDRESS_HASH_KEY = ADDRESS_HASH_KEY or SECRET_KEY

AUTH_USER_MODEL = "accounts.User"
INSTALLED_APPS = [
    "accounts",
    "challenge",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "anymail",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *([] if DEBUG else ["whitenoise.middleware.WhiteNoiseMiddleware"]),  # runserver serves them itself
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "challenge.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "challenge.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = COACH_TIME_ZONE

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-built"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT.exists() and not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
_https = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 3600) if _https else 0
# Messages name runners, and a cookie would leave the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CSRF_FAILURE_VIEW = "challenge.coach.course.form_recovery.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "challenge.monitoring.logs.Line"},
        "json": {"()": "challenge.monitoring.logs.Json"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        "gunicorn.error": {
            "handlers": ["stderr"],
            "propagate": False,
        },  # its paths contain links
        "flufl.bounce": {"level": "CRITICAL"},  # it logs each of its detectors
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
# The coach's other subdomains may still use HTTP, so HSTS is for this host alone.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
