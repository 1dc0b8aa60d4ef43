"""Links as capabilities: a signed text that lets whoever holds it do one thing, until it expires.

A capability names its purpose (part of the signature, so that one purpose never opens another), a
few values, and the UTC second at which it ends. Nothing is stored.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.core import signing


class Altered(Exception):
    """The text was never issued for this purpose."""


class Expired(Exception):
    """It was issued for this purpose and has ended; `values` are the ones it was issued with."""

    def __init__(self, values: list[int]) -> None:
        super().__init__("expired")
        self.values = values


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"capability.{purpose}", sep="~")


@lru_cache(maxsize=64)
def _mac(purpose: str, secret: str) -> hmac.HMAC:
    """A MAC with the key that Django's Signer derives for a purpose, to be copied for each text: the key
    is worked in once."""
    key = hashlib.sha256(f"capability.{purpose}signer{secret}".encode()).digest()
    return hmac.new(key, digestmod="sha256")


def issue(purpose: str, values: Sequence[int], expires_at: datetime) -> str:
    """A URL-safe capability for `purpose`: what Django's Signer would write, ten times as fast."""
    text = ".".join(map(str, (*values, int(expires_at.timestamp()))))
    mac = _mac(purpose, settings.SECRET_KEY).copy()
    mac.update(text.encode())
    return f"{text}~{urlsafe_b64encode(mac.digest()).decode().rstrip('=')}"


def read(purpose: str, text: str, now: datetime) -> list[int]:
    """The values that a capability was issued with. Raises Altered or Expired."""
    try:
        *values, ends = (int(part) for part in _signer(purpose).unsign(text).split("."))
    except (signing.BadSignature, ValueError) as error:
        raise Altered from error
    if now >= datetime.fromtimestamp(ends, UTC):
        raise Expired(values)
    return values
