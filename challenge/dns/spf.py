"""SPF: the servers that may send for a domain (RFC 7208)."""

import ipaddress
import re
from dataclasses import dataclass, field

from challenge.dns.finding import RecordFinding, Verdict
from challenge.dns.lookup import Lookup

MAX_LOOKUPS = 10  # RFC 7208, 4.6.4
VERSION = re.compile(r"v=spf1( |$)", re.IGNORECASE)
COSTS = re.compile(r"(a|mx|ptr)([:/].*)?$|(exists|include):.+$|redirect=.+$", re.IGNORECASE)
FREE = re.compile(r"all$|ip[46]:.+$|[a-z][\w.-]*=.*$", re.IGNORECASE)
LIMITING = ("-", "~")
# The domain that each provider's customers have to include, by the end of its mail servers' names.
PROVIDERS = {
    "amazonaws.com": "amazonses.com",
    "brevo.com": "spf.brevo.com",
    "fastmail.com": "spf.messagingengine.com",
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
    "mailbox.org": "mailbox.org",
    "mailgun.org": "mailgun.org",
    "mailjet.com": "spf.mailjet.com",
    "migadu.com": "spf.migadu.com",
    "office365.com": "spf.protection.outlook.com",
    "postmarkapp.com": "spf.mtasv.net",
    "resend.com": "amazonses.com",
    "sendgrid.net": "sendgrid.net",
    "sparkpostmail.com": "sparkpostmail.com",
}


def provider_include(host: str) -> str:
    """Return the domain to include for a known provider's mail server; empty for any other."""
    return next((name for end, name in PROVIDERS.items() if host.lower().endswith(f".{end}")), "")


def check_spf(lookup: Lookup, domain: str, host: str, site: str) -> RecordFinding:
    """Judge the SPF record of `domain` for mail that the machine of `site` hands to `host`."""
    about = f"SPF of {domain}"
    records = [text for text in lookup.texts(domain) if VERSION.match(text)]
    include = provider_include(host)
    if not records:
        says = f"No record says which servers may send for {domain}."
        found = RecordFinding(about, Verdict.MISSING, says, domain, _new(include, host, site))
        return found if include else found.with_hints(_SENDER.format(source=_source(host, site)))
    if len(records) > 1:
        says = f"There are {len(records)} records, and with more than one none counts. Make them one:"
        return RecordFinding(about, Verdict.WRONG, says, domain, _mended(records, include))
    read = _Evaluation(lookup)
    read.record(domain, records[0])
    if read.faults:
        return RecordFinding(about, Verdict.WRONG, " ".join(read.faults))
    if read.lookups > MAX_LOOKUPS:
        says = (
            f"It takes more than {MAX_LOOKUPS} DNS lookups (include, a, mx, exists, redirect), and such a "
            "record counts for nothing. Take out what you no longer send with."
        )
        return RecordFinding(about, Verdict.WRONG, says)
    if read.limit not in LIMITING:
        says = "It keeps nobody else from sending in your name. It has to end in ~all or -all:"
        return RecordFinding(about, Verdict.WRONG, says, domain, _mended(records, include))
    if include and include not in read.included:
        says = f"It does not let {host} send, your EMAIL_URL. Change it to:"
        return RecordFinding(about, Verdict.WRONG, says, domain, _mended(records, include))
    return RecordFinding(about, Verdict.RIGHT, records[0])


_SENDER = (
    "{source} stands for the server from whose address your mail reaches the world. If a provider "
    "sends for you, put the include: that it names in its place."
)


@dataclass
class _Evaluation:
    """A record with its includes: the number of lookups, the limit and the faults."""

    lookup: Lookup
    lookups: int = 0
    limit: str = ""  # the sign before "all"
    included: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def record(self, domain: str, record: str, *, decides: bool = True) -> None:
        """Evaluate one record; `decides` says whether its "all" decides for the whole."""
        terms = record.split()[1:]
        has_all = any(term.lstrip("+-~?").lower() == "all" for term in terms)
        for term in terms:
            sign, bare = (term[0], term[1:]) if term[0] in "+-~?" else ("+", term)
            if self.lookups > MAX_LOOKUPS or self.faults:
                return
            if bare.lower() == "all":
                self.limit = sign if decides else self.limit
                return  # receivers ignore what follows (RFC 7208, 5.1)
            if bare.lower().startswith("redirect=") and has_all:
                continue  # RFC 7208, 6.1
            if COSTS.match(bare):
                self.lookups += 1
                self._follow(domain, bare, decides)
            elif not (FREE.match(bare) and _is_network(bare)):
                self.faults.append(f"Receivers stop at {term} in the record of {domain}, which is not SPF.")

    def _follow(self, domain: str, term: str, decides: bool) -> None:
        name, sign, target = term.replace("=", ":", 1).partition(":")
        redirects = name.lower() == "redirect"
        if not (sign and (redirects or name.lower() == "include")) or "%" in target:
            return  # the target of a macro depends on the mail
        target = target.lower().rstrip(".")
        self.included.add(target)
        records = [text for text in self.lookup.texts(target) if VERSION.match(text)]
        if len(records) == 1:
            self.record(target, records[0], decides=decides and redirects)
        else:
            count = "none" if not records else str(len(records))
            self.faults.append(
                f"The record of {domain} names {target}, which has to have one SPF record and has {count}."
            )


def _is_network(term: str) -> bool:
    name, _, network = term.partition(":")
    if name.lower() not in ("ip4", "ip6"):
        return True
    try:
        return ipaddress.ip_network(network, strict=False).version == int(name[-1])
    except ValueError:
        return False


def _source(host: str, site: str) -> str:
    """Return the term for a server of no known provider: the server, or this machine if it is local."""
    try:
        is_here = not ipaddress.ip_address(host).is_global
    except ValueError:
        is_here = "." not in host
        return f"a:{site if is_here else host}"
    return f"a:{site}" if is_here else f"ip{ipaddress.ip_address(host).version}:{host}"


def _new(include: str, host: str, site: str) -> str:
    return f"v=spf1 {f'include:{include}' if include else _source(host, site)} ~all"


def _mended(records: list[str], include: str) -> str:
    """Return one record that allows exactly what these records allow."""
    terms = [term for record in records for term in record.split()[1:]]
    remaining = [term for term in terms if term.lstrip("+-~?").lower() != "all"]
    wanted = [f"include:{include}"] if include else []
    # Receivers ignore a redirect in a record with "all" (RFC 7208, 6.1), so it becomes an include.
    if any(term.lower().startswith("redirect=") for term in remaining):
        remaining = [re.sub("^redirect=", "include:", term, flags=re.IGNORECASE) for term in remaining]
    return " ".join(["v=spf1", *dict.fromkeys([*remaining, *wanted]), "~all"])
