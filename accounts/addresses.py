"""Email addresses: one spelling for each, and a keyed hash where the address must not be stored."""

import hmac

from django.conf import settings
from email_validator import EmailNotValidError, validate_email


class AddressError(ValueError):
    """The text is no address that mail can reach; str() says why, in words for a person."""


def normalise(text: str) -> str:
    """Return the normal spelling of an address: lower case, domain in its ASCII form.

    Raises AddressError for an invalid address, and for a local part outside ASCII, which many mail servers
    still refuse (RFC 6531).
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from error
    return f"{found.local_part}@{found.ascii_domain}".lower()


def domain_of(address: str) -> str:
    """Return the domain of an address that `normalise` has returned."""
    return address.rpartition("@")[2].lower()


def keyed_hash(text: str, key: str | None = None) -> str:
    """Return 64 hex digits that stand for an address (or IP) and do not reveal it (HMAC-SHA256). The key is
    ADDRESS_HASH_KEY unless another is given."""
    chosen = settings.ADDRESS_HASH_KEY if key is None else key
    return hmac.digest(chosen.encode(), text.lower().encode(), "sha256").hex()


def key_canary(key: str | None = None) -> str:
    """Return the hash of no address, by which a key is recognised."""
    return keyed_hash("canary", key)
