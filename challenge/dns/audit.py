"""Every record that mail from here stands on, one finding after the other."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from challenge.dns.dkim import check_dkim
from challenge.dns.dmarc import check_dmarc
from challenge.dns.finding import Finding, Verdict
from challenge.dns.lookup import Lookup, UnansweredError
from challenge.dns.mx import check_exchange
from challenge.dns.spf import check_spf, provider_include
from challenge.mail.dkim_key import read_key


def examine(lookup: Lookup) -> Iterator[Finding]:
    """Judge the records of MAIL_FROM's domain, and of BOUNCE_ADDRESS's where that is another.

    Raises UnansweredError when the resolver never answered at all, and UnusableKeyError.
    """
    domain = settings.MAIL_DOMAIN.lower()
    bounces = settings.BOUNCE_ADDRESS or settings.MAIL_FROM_ADDRESS
    return_domain = bounces.rpartition("@")[2].lower()
    host, site = settings.EMAIL_HOST, urlsplit(settings.SITE_URL).hostname or ""
    site = site if "." in site else domain
    key = read_key(Path(settings.DKIM_KEY_FILE)) if settings.DKIM_KEY_FILE else None

    for sender in dict.fromkeys([domain, return_domain]):
        yield _asked(lookup, f"SPF of {sender}", partial(check_spf, lookup, sender, host, site))
    dkim = partial(check_dkim, lookup, domain, settings.DKIM_SELECTOR, key, bool(provider_include(host)))
    yield _asked(lookup, f"DKIM of {domain}", dkim)
    dmarc = partial(check_dmarc, lookup, domain, return_domain, settings.MAIL_FROM_ADDRESS)
    yield _asked(lookup, f"DMARC of {domain}", dmarc)
    coming = {domain: "replies", return_domain: "bounces"} if return_domain != domain else {domain: "answers"}
    for taker, what in coming.items():
        yield _asked(lookup, f"MX of {taker}", partial(check_exchange, lookup, taker, what))


def _asked(lookup: Lookup, about: str, check: Callable[[], Finding]) -> Finding:
    """What a check finds; one that gets no answer stops no other, while the resolver answers at all."""
    try:
        return check()
    except UnansweredError as error:
        if not lookup.has_heard:
            raise
        return Finding(about, Verdict.UNKNOWN, str(error))
