"""DMARC's tree walk: the policies from a domain upwards, and its organisational domain (RFC 9989, 4.10)."""

import re
from dataclasses import dataclass

from challenge.dns.finding import tags
from challenge.dns.lookup import Lookup

VERSION = re.compile(r"v\s*=\s*DMARC1\s*(;|$)")
MAX_LABELS = 7


@dataclass(frozen=True)
class Policy:
    """The one DMARC record of a domain."""

    domain: str
    text: str

    @property
    def tags(self) -> dict[str, str]:
        return tags(self.text)

    @property
    def psd(self) -> str:
        """Return the domain's statement on whether it is a public suffix: y, n or u for unknown."""
        return self.tags.get("psd", "u").lower()


def policies_at(lookup: Lookup, domain: str) -> list[Policy]:
    """Return every DMARC record of a domain; if there are several, none counts."""
    return [Policy(domain, text) for text in lookup.texts(f"_dmarc.{domain}") if VERSION.match(text)]


def tree_walk(lookup: Lookup, domain: str) -> list[Policy]:
    """Return the records from a domain up to its top-level domain, or to one with psd=. It takes at most
    eight queries: a name of eight labels or more is cut to seven after the first."""
    found: list[Policy] = []
    labels = domain.split(".")
    names = [
        domain,
        *(".".join(labels[-count:]) for count in range(min(MAX_LABELS, len(labels) - 1), 0, -1)),
    ]
    for name in names:
        policies = policies_at(lookup, name)
        if len(policies) == 1:
            found += policies
            if policies[0].psd == "n" or (policies[0].psd == "y" and name != domain):
                break
    return found


def organisational_domain(lookup: Lookup, domain: str) -> str:
    """Return the organisational domain of a domain (RFC 9989, 4.10.2)."""
    found = tree_walk(lookup, domain)
    if not found:
        return domain
    top = found[-1]
    if top.psd == "y" and top.domain != domain:
        return ".".join(domain.split(".")[-(top.domain.count(".") + 2) :])
    return top.domain


def policy_for(lookup: Lookup, domain: str) -> Policy | None:
    """Return the record of a domain, else of its organisational domain (RFC 9989, 4.10.1). The record of a
    public suffix, which would come next, is left out: its owner is another organisation."""
    found = {policy.domain: policy for policy in tree_walk(lookup, domain)}
    return found.get(domain) or found.get(organisational_domain(lookup, domain))
