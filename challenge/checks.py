"""Django's system checks of the settings."""

import base64
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from accounts.addresses import AddressError, normalise
from challenge.inbound import imap
from challenge.mail.dkim_key import UnusableKeyError, read_key
from challenge.mail.links import MAX_LOCAL_PART

# RFC 6376, 3.1: labels as in host names.
SELECTOR = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9])*(\.[A-Za-z0-9](-?[A-Za-z0-9])*)*")


def register_checks() -> None:
    register(check_mail)
    register(check_site)
    register(check_sending)
    register(check_retention)
    register(check_signing)
    register(check_returns)
    register(check_alarms)
    register(check_production, deploy=True)


def check_mail(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        address = settings.MAIL_FROM_ADDRESS
        if not address.endswith("@localhost") and normalise(address) != address.lower():
            raise AddressError("Write its domain in ASCII (xn--...).")
    except AddressError as error:
        hint = "Write it as: Name <coach@example.org>"
        return [Error(f"MAIL_FROM holds no usable address: {error}", hint=hint, id="challenge.E001")]
    return []


def check_site(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    site = urlsplit(settings.SITE_URL)
    if site.scheme not in ("http", "https") or not site.hostname or site.path:
        hint = "Write it as: https://reset.example.org"
        found.append(
            Error(f"SITE_URL is not the site's address: {settings.SITE_URL}", hint=hint, id="challenge.E002")
        )
    try:
        ZoneInfo(settings.COACH_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        hint = "Write it as: Europe/Berlin"
        message = f"COACH_TIME_ZONE is not a time zone: {settings.COACH_TIME_ZONE}"
        found.append(Error(message, hint=hint, id="challenge.E003"))
    return found


def check_sending(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.LEASE_SECONDS <= 2 * settings.SMTP_TIMEOUT:
        hint = "Make LEASE_SECONDS more than twice SMTP_TIMEOUT."
        message = "A lease may run out while a slow server still answers, and the mail would go twice."
        found.append(Warning(message, hint=hint, id="challenge.W001"))
    if settings.BATCH_SIZE < 1:
        hint = "Set BATCH_SIZE to 500."
        found.append(
            Error("BATCH_SIZE is below 1, so nothing would be sent.", hint=hint, id="challenge.E004")
        )
    return found


def check_retention(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"RETENTION_{kind.upper()} is below 1, so it would be erased at once.",
            hint="Set it to a number of months, such as 24.",
            id="challenge.E005",
        )
        for kind, months in settings.RETENTION.items()
        if months < 1
    ]


def check_signing(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.DKIM_KEY_FILE:
        return []
    found: list[CheckMessage] = []
    try:
        key = read_key(Path(settings.DKIM_KEY_FILE))
    except UnusableKeyError as error:
        hint = "Make a key with manage.py make_dkim_key, or leave DKIM_KEY_FILE empty where a provider signs."
        found.append(Error(f"Mail cannot be signed. {error}", hint=hint, id="challenge.E010"))
    else:
        if key.kind == "rsa" and key.bits < 2048:
            hint = "Make a new one under another DKIM_SELECTOR: manage.py make_dkim_key"
            message = f"The DKIM key has {key.bits} bits; receivers want 2048 (RFC 8301)."
            found.append(Warning(message, hint=hint, id="challenge.W010"))
    if not SELECTOR.fullmatch(settings.DKIM_SELECTOR):
        hint = "Write a word such as: reset"
        message = f"DKIM_SELECTOR is no name for DNS: {settings.DKIM_SELECTOR}"
        found.append(Error(message, hint=hint, id="challenge.E011"))
    return found


def check_returns(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if address := settings.BOUNCE_ADDRESS:
        try:
            if normalise(address) != address.lower() or len(address.rpartition("@")[0]) > MAX_LOCAL_PART:
                raise AddressError(f"What is before the @ must be at most {MAX_LOCAL_PART} letters long.")
        except AddressError as error:
            hint = "Write it as: bounces@example.org"
            found.append(Error(f"BOUNCE_ADDRESS can't be used: {error}", hint=hint, id="challenge.E020"))
    secrets = settings.ANYMAIL.get("WEBHOOK_SECRET", [])
    if any(":" not in secret or len(secret) < 20 for secret in secrets):
        hint = "Write name:password, 20 characters or more, made at random."
        found.append(Error("WEBHOOK_SECRET could be guessed.", hint=hint, id="challenge.E021"))
    if not secrets and len(settings.ANYMAIL) > 1:
        hint = "Set WEBHOOK_SECRET, too."
        message = "WEBHOOK_KEYS is set, but without a secret no webhook is open."
        found.append(Warning(message, hint=hint, id="challenge.W020"))
    return [*found, *_check_mailbox(settings.MAILBOX_URL)]


def _check_mailbox(url: str) -> list[CheckMessage]:
    if not url:
        return []
    hint = "Write it as: imaps://user:password@mail.example.org/INBOX"
    try:
        where = imap.parse_url(url)
    except imap.MailboxUrlError as error:
        return [Error(f"MAILBOX_URL can't be used: {error}", hint=hint, id="challenge.E022")]
    if not where.is_safe and where.host not in ("localhost", "127.0.0.1"):
        return [Warning("The mailbox's password is sent in the clear.", hint=hint, id="challenge.W021")]
    return []


def check_alarms(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    hook = urlsplit(settings.ALARM_WEBHOOK_URL)
    if settings.ALARM_WEBHOOK_URL and (hook.scheme not in ("http", "https") or not hook.hostname):
        hint = "Write it as: https://alarms.example.org/runner-reset"
        found.append(Error("ALARM_WEBHOOK_URL is no address for alarms.", hint=hint, id="challenge.E030"))
    try:
        base64.b64decode(settings.ALARM_WEBHOOK_SECRET.removeprefix("whsec_"), validate=True)
    except ValueError:
        hint = "Write whsec_ and 24 random bytes or more in base64 (docs/operating.md says how)."
        found.append(Error("ALARM_WEBHOOK_SECRET is not base64.", hint=hint, id="challenge.E031"))
    return found


def check_production(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.SITE_URL.startswith("https://"):
        hint = "Serve the site over HTTPS and say so in SITE_URL."
        found.append(Warning("Links in mails would not be encrypted.", hint=hint, id="challenge.W002"))
    elif not settings.PROXY_COUNT:
        hint = "Set PROXY_COUNT to the number of reverse proxies in front, usually 1."
        message = "Nobody is said to end HTTPS, so every page would redirect to itself."
        found.append(Warning(message, hint=hint, id="challenge.W005"))
    if settings.MAIL_DOMAIN == "localhost":
        hint = "Set MAIL_FROM to an address of your own domain."
        found.append(Warning("Mail would come from localhost.", hint=hint, id="challenge.W003"))
    if not settings.OPERATOR_EMAIL and not settings.ALARM_WEBHOOK_URL:
        hint = "Set OPERATOR_EMAIL or ALARM_WEBHOOK_URL."
        found.append(Warning("Nobody is told when mail stands still.", hint=hint, id="challenge.W030"))
    if not settings.HAS_ADDRESS_HASH_KEY:
        hint = "Set ADDRESS_HASH_KEY to 50 random characters of its own. Do it before the first sign-up."
        message = "With another SECRET_KEY no suppressed address would be known, and all mail would wait."
        found.append(Warning(message, hint=hint, id="challenge.W040"))
    if settings.INBOX_DIR:
        hint = "Leave INBOX_DIR empty."
        found.append(
            Warning("Everybody could read all mail in the development inbox.", hint=hint, id="challenge.W004")
        )
    return found
