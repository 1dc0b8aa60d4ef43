"""MX: whether what comes back arrives anywhere (RFC 5321, 5.1)."""

from challenge.dns.finding import Finding, Verdict
from challenge.dns.lookup import Lookup


def check_exchange(lookup: Lookup, domain: str, what: str) -> Finding:
    """Judge whether a domain takes mail; `what` comes there: "replies", "bounces"."""
    about = f"MX of {domain}"
    exchangers = lookup.exchangers(domain)
    if exchangers == ["."]:
        says = f"It takes no mail (RFC 7505): {what} are lost, and some receivers refuse mail from it."
        return Finding(about, Verdict.WRONG, says)
    if exchangers:
        return Finding(about, Verdict.RIGHT, ", ".join(name.rstrip(".") for name in exchangers))
    if lookup.has_address(domain):
        return Finding(about, Verdict.NOTE, f"There is none, so {what} go to {domain} itself.")
    says = f"There is neither MX nor address, so {what} are lost, and many receivers refuse mail from it."
    return Finding(about, Verdict.MISSING, says, domain, f"10 mail.{domain}.", "MX").with_hints(
        f"mail.{domain} stands for the server that takes your mail."
    )
