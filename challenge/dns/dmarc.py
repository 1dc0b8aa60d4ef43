"""DMARC: the domain's policy for mail that fails SPF and DKIM, and the recipients of reports (RFC 9989)."""

import re
from urllib.parse import unquote

from challenge.dns.finding import RecordFinding, Verdict
from challenge.dns.lookup import Lookup
from challenge.dns.organisational_domain import Policy, organisational_domain, policies_at, policy_for

POLICIES = ("none", "quarantine", "reject")
REMOVED_TAGS = ("pct", "rf", "ri")  # by RFC 9989
NEXT_STEP = (
    "p=none only watches. When the reports show that your own mail passes, change it to p=quarantine, "
    "later to p=reject."
)


def check_dmarc(lookup: Lookup, domain: str, return_domain: str, mailbox: str) -> RecordFinding:
    """Judge the policy for mail from `domain` that bounces to `return_domain`. The proposed record sends the
    reports to `mailbox`."""
    about, name = f"DMARC of {domain}", f"_dmarc.{domain}"
    wanted = f"v=DMARC1; p=none; rua=mailto:{mailbox}"
    here = policies_at(lookup, domain)
    if len(here) > 1:
        says = f"There are {len(here)} records, and with more than one none counts. Leave one, such as:"
        return RecordFinding(about, Verdict.WRONG, says, name, here[0].text)
    policy = policy_for(lookup, domain)
    if policy is None:
        says = "No record says what to do with mail that only pretends to be yours. Gmail and Yahoo want one."
        return RecordFinding(about, Verdict.MISSING, says, name, wanted).with_hints(NEXT_STEP)
    hints = [*_hints(lookup, domain, policy), _alignment(lookup, domain, return_domain, policy)]
    if fault := _fault(policy):
        return RecordFinding(
            about, Verdict.WRONG, fault, f"_dmarc.{policy.domain}", _mended(policy)
        ).with_hints(*hints)
    through = "" if policy.domain == domain else f"From {policy.domain}, to which it belongs: "
    return RecordFinding(about, Verdict.RIGHT, through + policy.text).with_hints(*hints)


def _fault(policy: Policy) -> str:
    if "p" not in policy.tags:
        # RFC 9989, 4.7 reads it as p=none; by RFC 7489, 6.6.3 it is no record.
        return "It has no p=, and older receivers take it for no record at all. Change it to:"
    for tag in ("p", "sp", "np"):
        if policy.tags.get(tag, "none").lower() not in POLICIES:
            return f"Its {tag}= is none of {', '.join(POLICIES)}. Change it to:"
    return ""


def _mended(policy: Policy) -> str:
    fields = {name: value for name, value in policy.tags.items() if name not in ("v", *REMOVED_TAGS)}
    for tag in ("p", "sp", "np"):
        if fields.get(tag, "none").lower() not in POLICIES:
            del fields[tag]
    fields = {"p": fields.pop("p", "none"), **fields}
    return "; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in fields.items())])


def _hints(lookup: Lookup, domain: str, policy: Policy) -> list[str]:
    applies = policy.tags.get("p", "none") if policy.domain == domain else _for_subdomains(policy)
    removed = [f"{tag}=" for tag in REMOVED_TAGS if tag in policy.tags]
    reports = re.findall(r"mailto:[^@,]+@([^,!\s]+)", policy.tags.get("rua", ""))
    return [
        NEXT_STEP if applies.lower() == "none" else "",
        "It says t=y, a test: receivers do one step less than it asks." if _is_test(policy) else "",
        f"{', '.join(removed)} mean nothing since RFC 9989 and can go." if removed else "",
        ""
        if reports
        else "Without rua= nobody tells you who sends in your name. Add rua=mailto: and an address.",
        *(_permission(lookup, policy, unquote(target).lower()) for target in reports),
    ]


def _for_subdomains(policy: Policy) -> str:
    return policy.tags.get("sp") or policy.tags.get("p", "none")


def _is_test(policy: Policy) -> bool:
    return policy.tags.get("t", "n").lower() == "y"


def _permission(lookup: Lookup, policy: Policy, target: str) -> str:
    """Return a hint when reports go to another organisation that does not agree to them (RFC 9990, 4)."""
    if organisational_domain(lookup, target) == organisational_domain(lookup, policy.domain):
        return ""
    name = f"{policy.domain}._report._dmarc.{target}"
    if any(text.startswith("v=DMARC1") for text in lookup.texts(name)):
        return ""
    return f"Reports to {target} are sent only if it agrees, with the TXT record v=DMARC1 at {name}."


def _alignment(lookup: Lookup, domain: str, return_domain: str, policy: Policy) -> str:
    """Return a hint when SPF, which checks the return path, does not count for DMARC (4.4)."""
    if return_domain == domain:
        return ""
    strict = policy.tags.get("aspf", "r").lower() == "s"
    if not strict and organisational_domain(lookup, return_domain) == organisational_domain(lookup, domain):
        return ""
    return (
        f"Bounces go to {return_domain}, which does not count as {domain} here: SPF says nothing for DMARC, "
        "and DKIM has to."
    )
