"""The links of a mail and its return path.

Each link is a capability (accounts.capabilities) for one purpose of one enrollment: it names the enrollment's
key, so that a new key ends every link. The links of a change of address, and of an escalation, name the key
of that. Each mail has its own return path (VERP, variable envelope return path), so that a bounce proves
which mail it is about: the tag after the plus is the delivery's id and a MAC over it. It is in base32,
because mail servers may change the case of an address. A local part holds 64 octets (RFC 5321, 4.5.3.1.1);
the tag takes 42.
"""

import hashlib
import hmac
import re
import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse

from accounts import capabilities
from challenge.models import AddressChange, Enrollment, Escalation


class Purpose(StrEnum):
    """The one action that a link allows its holder; also the name of its URL."""

    CONFIRM = "confirm"
    SCREENING = "screening"
    CHECK_IN = "check-in"
    HOUR = "hour"
    LEAVE = "leave"
    PAUSE = "pause"
    DAY = "day"
    OWN_PAGE = "own-page"
    ADDRESS = "address"
    ADDRESS_UNDO = "address-undo"
    KEEP = "keep"
    TAKE_CARE = "take-care"


LIFETIME = {
    Purpose.CONFIRM: timedelta(days=7),
    Purpose.SCREENING: timedelta(days=60),
    # A day is open for four days at most; a week later, what the last of them changed can still be undone.
    Purpose.CHECK_IN: timedelta(days=11),
    Purpose.HOUR: timedelta(days=30),
    Purpose.LEAVE: timedelta(days=400),
    Purpose.PAUSE: timedelta(days=60),
    # And the days of the whole course.
    Purpose.DAY: timedelta(days=60),
    # It opens everything: whoever finds an old mail must not.
    Purpose.OWN_PAGE: timedelta(hours=1),
    Purpose.ADDRESS: AddressChange.CONFIRM_WITHIN,
    Purpose.ADDRESS_UNDO: AddressChange.UNDO_FOR,
    Purpose.KEEP: timedelta(days=1),
    Purpose.TAKE_CARE: timedelta(days=3),
}
RETURN_PATH = b"challenge.delivery.verp"
MAC_BYTES = 10  # 80 bits, of HMAC-SHA256
TAG_LENGTH = 42
MAX_LOCAL_PART = 64 - 1 - TAG_LENGTH
TAG = re.compile(r"\+([a-z2-7]{42})@", re.ASCII | re.IGNORECASE)

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
_DIGITS = str.maketrans(_BASE32, "0123456789abcdefghijklmnopqrstuv")  # the digits of int(text, 32)
_SHIFTS = tuple(range(200, -1, -10))


class LinkEnded(Exception):
    """The link was issued; since then its row was deleted or got another key."""

    def __init__(self, expires_at: datetime) -> None:
        super().__init__("ended")
        self.expires_at = expires_at


class LinkExpired(Exception):
    """The link was issued for this enrollment, and has expired."""

    def __init__(self, enrollment: Enrollment) -> None:
        super().__init__("expired")
        self.enrollment = enrollment


class Link(NamedTuple):
    enrollment: Enrollment
    values: list[int]


def token(purpose: Purpose, now: datetime, enrollment: Enrollment, *values: int) -> str:
    """Return a capability; for a check-in or a day's page, `values` is the day."""
    return capabilities.issue(purpose, enrollment.link_key, values, now + lifetime(purpose, enrollment))


def lifetime(purpose: Purpose, enrollment: Enrollment) -> timedelta:
    if purpose == Purpose.DAY:
        return timedelta(days=enrollment.program.length) + LIFETIME[purpose]
    if purpose == Purpose.PAUSE and enrollment.state in (Enrollment.State.PAUSED, Enrollment.State.HELD):
        # A pause has no end. No mail comes in it, so the link that ends it is the last one that was mailed.
        # Behind it whoever is held reads how the course stands.
        return LIFETIME[Purpose.LEAVE]
    return LIFETIME[purpose]


def url(purpose: Purpose, now: datetime, enrollment: Enrollment, *values: int, choice: str = "") -> str:
    """Return the absolute address of a link; `choice` is the answer that a check-in link proposes."""
    return build_url(purpose, token(purpose, now, enrollment, *values), choice)


def open(purpose: Purpose, text: str, now: datetime) -> Link:
    """Return what a link belongs to. Raises capabilities.Altered, LinkEnded and LinkExpired."""
    capability = capabilities.read(purpose, text)
    rows = Enrollment.objects.select_related("runner", "program")
    if isinstance(capability.row, int):
        found = rows.filter(pk=capability.row, opens_numbered_links=True)
    else:
        found = rows.filter(link_key=capability.row)
    enrollment = found.first()
    if enrollment is None:
        raise LinkEnded(capability.expires_at)
    if now >= capability.expires_at:
        raise LinkExpired(enrollment)
    return Link(enrollment, capability.values)


def address_url(purpose: Purpose, change: AddressChange) -> str:
    """Return the absolute address of the link that confirms a change of address, or undoes it. It ends as the
    change does, whenever its mail leaves."""
    begins_at = change.confirmed_at if purpose is Purpose.ADDRESS_UNDO else change.asked_at
    assert begins_at is not None
    return build_url(purpose, capabilities.issue(purpose, change.key, (), begins_at + LIFETIME[purpose]))


def open_address(purpose: Purpose, text: str, now: datetime) -> AddressChange:
    """Return the change of address that a link belongs to. Raises capabilities.Altered and LinkEnded, also
    for one that has expired: a fresh one can't be had."""
    capability = capabilities.read(purpose, text)
    if isinstance(capability.row, int) or now >= capability.expires_at:
        raise LinkEnded(capability.expires_at)
    change = AddressChange.objects.select_related("user").filter(key=capability.row).first()
    if change is None:
        raise LinkEnded(capability.expires_at)
    return change


def take_care_url(escalation: Escalation, now: datetime) -> str:
    """Return the absolute address of the page on which the second contact takes care of an escalation."""
    purpose = Purpose.TAKE_CARE
    return build_url(purpose, capabilities.issue(purpose, escalation.key, (), now + LIFETIME[purpose]))


def open_escalation(text: str, now: datetime) -> Escalation:
    """Return the escalation that a link belongs to. Raises capabilities.Altered and LinkEnded, also for a
    link that has expired: the next mail has a fresh one."""
    capability = capabilities.read(Purpose.TAKE_CARE, text)
    if isinstance(capability.row, int) or now >= capability.expires_at:
        raise LinkEnded(capability.expires_at)
    escalation = Escalation.objects.filter(key=capability.row).first()
    if escalation is None:
        raise LinkEnded(capability.expires_at)
    return escalation


def build_url(purpose: Purpose, issued: str, choice: str = "") -> str:
    """Return the absolute address with a token that was issued for this purpose."""
    before, after = _path(purpose, choice)
    return f"{settings.SITE_URL}{before}{issued}{after}"


@cache
def _path(purpose: Purpose, choice: str) -> tuple[str, str]:
    before, _token, after = reverse(purpose, args=["TOKEN", choice] if choice else ["TOKEN"]).partition(
        "TOKEN"
    )
    return before, after


def return_path(delivery_id: uuid.UUID) -> str:
    """Return the envelope sender of a delivery; without BOUNCE_ADDRESS the plain sender, which has no tag."""
    if not settings.BOUNCE_ADDRESS:
        return str(settings.MAIL_FROM_ADDRESS)
    local, domain = _parts(settings.BOUNCE_ADDRESS)
    return f"{local}+{_tag(delivery_id.bytes, _mac(settings.SECRET_KEY))}@{domain}"


def delivery_of(text: str) -> uuid.UUID | None:
    """Return the id of the delivery whose return path is in a text (one or several addresses), or None when
    no tag in it was made here."""
    return next(filter(None, (_delivery(found[1].lower()) for found in TAG.finditer(text))), None)


def _delivery(tag: str) -> uuid.UUID | None:
    # The first 26 letters hold 130 bits; the id is the first 128 of them.
    delivery_id = int(tag[:26].translate(_DIGITS), 32) >> 2
    raw = delivery_id.to_bytes(16, "big")
    # Compare the whole tag, so that no tag has a second spelling.
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any(hmac.compare_digest(_tag(raw, _mac(secret)), tag) for secret in secrets):
        return uuid.UUID(bytes=raw)
    return None


def _tag(raw: bytes, mac: hmac.HMAC) -> str:
    """Return an id and its MAC, 208 bits, as 42 letters. It is twice as fast as base64.b32encode."""
    mac = mac.copy()
    mac.update(raw)
    number = int.from_bytes(raw + mac.digest()[:MAC_BYTES], "big") << 2
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


@lru_cache(maxsize=16)
def _mac(secret: str) -> hmac.HMAC:
    """Return the MAC of return paths before any input, to be copied for each."""
    return hmac.new(hashlib.sha256(RETURN_PATH + secret.encode()).digest(), digestmod="sha256")


@lru_cache(maxsize=4)
def _parts(address: str) -> tuple[str, str]:
    local, _at, domain = address.rpartition("@")
    return local, domain
