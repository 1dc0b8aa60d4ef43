"""Email addresses: one spelling for each, and a keyed hash where the address must not be stored."""

import hmac
import re
import unicodedata
from collections.abc import Iterator

import idna
from django.conf import settings
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from accounts.words import DOTS, search_words

EXAMPLE = "maya@example.com"
# RFC 5321, 4.5.3.1, and RFC 3696 with its erratum 1690; a label of a host name: RFC 1035, 2.3.4.
MAX_LENGTH, MAX_LOCAL, MAX_LABEL = 254, 64, 63
# RFC 6761 and RFC 6762: no mail server answers for these.
UNREACHABLE = ("arpa", "invalid", "local", "localhost", "onion", "test")
# RFC 5321, 4.1.2: an atom. Quoted local parts are not taken.
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]")
NOT_ALONE = re.compile(r"[ <>,;:]|@.*@")
NOT_IN_DOMAIN = re.compile(r"[^\w.-]|_")
GMAIL = ("gmail.com", "googlemail.com")
LOOK_ALIKE = {"CYRILLIC", "GREEK", "LATIN"}


class AddressError(ValueError):
    """The text is no address that mail can reach; str() says what to do, in words for a person."""


def normalise(text: str) -> str:
    """Return the normal spelling of an address: lower case, domain in its ASCII form.

    Raises AddressError for an invalid address, and for a local part outside ASCII, which many mail servers
    still refuse (RFC 6531).
    """
    address = search_words(text).translate(DOTS)
    if trouble := next(_troubles(address), None):
        raise AddressError(trouble)
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise AddressError(_("No mail reaches this address. Check each letter of it.")) from error
    return f"{found.local_part}@{found.ascii_domain}".lower()


def ascii_spelling(text: str) -> str:
    """Return a part of an address with its host names in ASCII, as addresses are kept; or the text itself."""
    local, at, domain = text.translate(DOTS).rpartition("@")
    try:
        labels = [_ascii_label(label) for label in domain.split(".")]
    except UnicodeError:
        return text
    return f"{local}{at}{'.'.join(labels)}"


def _ascii_label(label: str) -> str:
    return label if label.isascii() else idna.encode(label, uts46=True).decode()


def _troubles(address: str) -> Iterator[str]:
    """Yield what is wrong with an address, the plainest first."""
    local, at, domain = address.rpartition("@")
    if not address:
        yield _("Write the address that your mail goes to.")
    if NOT_ALONE.search(address):
        yield _("Write one address alone, without spaces and commas, such as %s.") % EXAMPLE
    if not at:
        yield _("The @ is missing. Write the whole address, such as %s.") % EXAMPLE
    if not local or not domain:
        yield _("Something is missing beside the @. Write the whole address, such as %s.") % EXAMPLE
    if strange := LOCAL.sub("", local):
        yield (
            _("Many mail servers refuse %s before the @. Check the spelling, or use another address.")
            % strange[0]
        )
    if ".." in address or any("." in (part[:1], part[-1:]) for part in (local, domain)):
        yield _("A dot is doubled, or at an end where none can be. Take it out.")
    if len(local) > MAX_LOCAL or len(address) > MAX_LENGTH:
        yield _("This is longer than an address can be. Check it, or use another address.")
    yield from _troubles_of_domain(domain)


def _troubles_of_domain(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    if strange := NOT_IN_DOMAIN.search(domain):
        yield _("No address has %s after the @. Check the spelling.") % strange[0]
    if labels[-1].lower() in UNREACHABLE:
        yield _("No mail from outside reaches an address that ends in %s. Use another one.") % labels[-1]
    if len(labels) == 1 or labels[-1].isdigit():
        yield _("The ending is missing, such as .com. Write the whole address, such as %s.") % EXAMPLE
    if any("-" in (label[:1], label[-1:]) for label in labels):
        yield _("A hyphen stands at an end where none can be. Take it out.")
    if any(len(label) > MAX_LABEL for label in labels):
        yield _("This is longer than an address can be. Check it, or use another address.")
    if any(len(_alphabets(label)) > 1 for label in labels):
        yield _("After the @ stand letters of two alphabets that look alike. Type the address by hand.")


def _alphabets(label: str) -> set[str]:
    """Return those of the alphabets with look-alike letters that a label is written in."""
    return {unicodedata.name(sign, "").partition(" ")[0] for sign in label} & LOOK_ALIKE


def mailbox(address: str) -> str:
    """Return the mailbox of a normal address: without the tag after a plus, and at Gmail without dots."""
    local, _at, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", ""), GMAIL[0]
    return f"{local}@{domain}"


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
