"""What is set wrong, said before it hurts: Django system checks on the settings."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from accounts.addresses import AddressError, normalise


def register_checks() -> None:
    """Have Django run the checks below."""
    register(check_mail)
    register(check_site)
    register(check_sending)
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
        hint = "Set BATCH_SIZE to 50."
        found.append(
            Error("BATCH_SIZE is below 1, so nothing would be sent.", hint=hint, id="challenge.E004")
        )
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
    if settings.INBOX_DIR:
        hint = "Leave INBOX_DIR empty."
        found.append(
            Warning("Everybody could read all mail in the development inbox.", hint=hint, id="challenge.W004")
        )
    return found
