"""Judge every DNS record that receivers of our mail ask for."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from challenge.dns.dkim import check_dkim
from challenge.dns.dmarc import check_dmarc
from challenge.dns.finding import RecordFinding, Verdict
from challenge.dns.lookup import Lookup, UnansweredError
from challenge.dns.mx import check_mx
from challenge.dns.spf import check_spf, provider_include
from challenge.mail.dkim_key import read_key


def audit(lookup: Lookup) -> Iterator[RecordFinding]:
    """Judge the records of MAIL_FROM's domain, and of BOUNCE_ADDRESS's where that is another. Raises
    UnansweredError when the resolver never answered at all, and UnusableKeyError."""
    domain = settings.MAIL_DOMAIN.lower()
    bounces = settings.BOUNCE_ADDRESS or settings.MAIL_FROM_ADDRESS
    return_domain = bounces.rpartition("@")[2].lower()
    host, site = settings.EMAIL_HOST, urlsplit(settings.SITE_URL).hostname or ""
    site = site if "." in site else domain
    key = read_key(Path(settings.DKIM_KEY_FILE)) if settings.DKIM_KEY_FILE else None

    for sender in dict.fromkeys([domain, return_domain]):
        yield _finding(lookup, f"SPF of {sender}", partial(check_spf, lookup, sender, host, site))
    dkim = partial(check_dkim, lookup, domain, settings.DKIM_SELECTOR, key, bool(provider_include(host)))
    yield _finding(lookup, f"DKIM of {domain}", dkim)
    dmarc = partial(check_dmarc, lookup, domain, return_domain, settings.MAIL_FROM_ADDRESS)
    yield _finding(lookup, f"DMARC of {domain}", dmarc)
    incoming = (
        {domain: "replies", return_domain: "bounces"} if return_domain != domain else {domain: "answers"}
    )
    for receiver, what in incoming.items():
        yield _finding(lookup, f"MX of {receiver}", partial(check_mx, lookup, receiver, what))


def _finding(lookup: Lookup, about: str, check: Callable[[], RecordFinding]) -> RecordFinding:
    """Run a check. A check without an answer does not stop the others, unless the resolver never answers."""
    try:
        return check()
    except UnansweredError as error:
        if not lookup.has_answered:
            raise
        return RecordFinding(about, Verdict.UNKNOWN, str(error))
