"""DMARC's records from a domain up, and the organisation that it belongs to (RFC 9989, 4.10)."""

import re
from dataclasses import dataclass

from challenge.dns.finding import tags
from challenge.dns.lookup import Lookup

VERSION = re.compile(r"v\s*=\s*DMARC1\s*(;|$)")
MOST_LABELS = 7


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
        """Whether the domain says that it is a public suffix (y), or that it is none (n)."""
        return self.tags.get("psd", "u").lower()


def policies_at(lookup: Lookup, domain: str) -> list[Policy]:
    """Every DMARC record of a domain; where there are several, none counts."""
    return [Policy(domain, text) for text in lookup.texts(f"_dmarc.{domain}") if VERSION.match(text)]


def walk(lookup: Lookup, domain: str) -> list[Policy]:
    """The records that count from a domain up to its top-level domain, or to one that says psd=.

    At most eight questions: a name of eight labels or more is cut to seven after the first.
    """
    found: list[Policy] = []
    labels = domain.split(".")
    names = [
        domain,
        *(".".join(labels[-count:]) for count in range(min(MOST_LABELS, len(labels) - 1), 0, -1)),
    ]
    for name in names:
        policies = policies_at(lookup, name)
        if len(policies) == 1:
            found += policies
            if policies[0].psd == "n" or (policies[0].psd == "y" and name != domain):
                break
    return found


def organisation(lookup: Lookup, domain: str) -> str:
    """The organisational domain of a domain (RFC 9989, 4.10.2)."""
    found = walk(lookup, domain)
    if not found:
        return domain
    top = found[-1]
    if top.psd == "y" and top.domain != domain:
        return ".".join(domain.split(".")[-(top.domain.count(".") + 2) :])
    return top.domain


def policy_for(lookup: Lookup, domain: str) -> Policy | None:
    """The record of a domain, else of its organisation (RFC 9989, 4.10.1). One of the public suffix
    above it, which would come next, is nobody's of ours."""
    found = {policy.domain: policy for policy in walk(lookup, domain)}
    return found.get(domain) or found.get(organisation(lookup, domain))
