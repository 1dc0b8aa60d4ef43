"""MX: the servers that receive replies and bounces (RFC 5321, 5.1)."""

from challenge.dns.finding import RecordFinding, Verdict
from challenge.dns.lookup import Lookup


def check_mx(lookup: Lookup, domain: str, what: str) -> RecordFinding:
    """Judge whether a domain receives mail. `what` is sent there: "replies", "bounces"."""
    about = f"MX of {domain}"
    servers = lookup.mail_servers(domain)
    if servers == ["."]:
        says = f"It takes no mail (RFC 7505): {what} are lost, and some receivers refuse mail from it."
        return RecordFinding(about, Verdict.WRONG, says)
    if servers:
        return RecordFinding(about, Verdict.RIGHT, ", ".join(name.rstrip(".") for name in servers))
    if lookup.has_address(domain):
        return RecordFinding(about, Verdict.NOTE, f"There is none, so {what} go to {domain} itself.")
    says = f"There is neither MX nor address, so {what} are lost, and many receivers refuse mail from it."
    return RecordFinding(about, Verdict.MISSING, says, domain, f"10 mail.{domain}.", "MX").with_hints(
        f"mail.{domain} stands for the server that takes your mail."
    )
