"""Links as capabilities: a signed text allows its holder one action, until it expires.

A capability names the random key of the row that it belongs to, a few values, and the UTC second at which it
expires. The signature covers these and the purpose, so that one purpose never opens another. Nothing is
stored. A row ends all of its capabilities when it gets another key.

Before rows had keys, a capability named its row's number. Such texts are still read, and no longer issued.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing

MAC_LENGTH = 22  # of base64: 128 bits of HMAC-SHA256 (RFC 4868)


class Altered(Exception):
    """The text was never issued for this purpose."""


class Capability(NamedTuple):
    """`row` is the row's key, or its number in a text of before there were keys."""

    row: UUID | int
    values: list[int]
    expires_at: datetime


@lru_cache(maxsize=64)
def _mac(purpose: str, secret: str) -> hmac.HMAC:
    """Return the MAC of a purpose before any input, to be copied for each: that halves the time."""
    return hmac.new(hashlib.sha256(f"link.{purpose}.{secret}".encode()).digest(), digestmod="sha256")


def _signature(purpose: str, secret: str, text: bytes) -> str:
    mac = _mac(purpose, secret).copy()
    mac.update(text)
    return urlsafe_b64encode(mac.digest())[:MAC_LENGTH].decode()


def issue(purpose: str, key: UUID, values: Sequence[int], expires_at: datetime) -> str:
    """Return a URL-safe capability for `purpose` of the row with this key."""
    text = ".".join([key.hex, *map(str, values), str(int(expires_at.timestamp()))])
    return f"{text}~{_signature(purpose, settings.SECRET_KEY, text.encode())}"


def read(purpose: str, text: str) -> Capability:
    """Return what a capability was issued with, expired or not. Raises Altered."""
    signed, _separator, signature = text.rpartition("~")
    given, whole = signature.encode(errors="replace"), signed.encode(errors="replace")
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any(hmac.compare_digest(_signature(purpose, secret, whole).encode(), given) for secret in secrets):
        key, *values, ends = signed.split(".")
        return Capability(UUID(key), list(map(int, values)), _instant(int(ends)))
    return _read_numbered(purpose, text)


def _read_numbered(purpose: str, text: str) -> Capability:
    signer = signing.Signer(salt=f"capability.{purpose}", sep="~")
    try:
        number, *values, ends = map(int, signer.unsign(text).split("."))
    except (signing.BadSignature, ValueError) as error:
        raise Altered from error
    return Capability(number, values, _instant(ends))


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
