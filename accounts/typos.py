"""Slips in the domain of an address: "gmial.com" is no domain of a mail provider, and "gmail.com" is one."""

from functools import lru_cache

# What a slip may have meant: the domains of the largest providers, each long enough to be recognised.
SUGGESTED = (
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.de",
    "yahoo.fr",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.de",
    "hotmail.fr",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "icloud.com",
    "live.com",
    "msn.com",
    "aol.com",
    "comcast.net",
    "verizon.net",
    "protonmail.com",
    "proton.me",
    "fastmail.com",
    "t-online.de",
    "freenet.de",
    "btinternet.com",
    "orange.fr",
    "wanadoo.fr",
    "libero.it",
    "gmx.de",
    "gmx.net",
    "web.de",
)
# Real too, with a name that is close to another's: they are neither corrected nor suggested.
CLOSE_NAMES = """
aim.com att.net bluewin.ch cox.net email.com email.de fastmail.fm free.fr gmx.at gmx.ch gmx.com gmx.fr
gmx.us hey.com hotmail.be hotmail.ca hotmail.ch hotmail.es hotmail.it hotmail.nl hotmail.se icloud.de
inbox.com laposte.net live.at live.be live.ca live.co.uk live.de live.dk live.fr live.ie live.it live.nl
live.no live.se mac.com mail.com mail.de mail.ru mailbox.org me.com mns.com orange.es orange.net
outlook.at outlook.be outlook.co outlook.dk outlook.es outlook.ie outlook.it pm.me proton.ch
protonmail.ch rocketmail.com sky.com tutanota.com tutanota.de vodafone.de web.com yahoo.at yahoo.be
yahoo.ca yahoo.ch yahoo.co yahoo.co.in yahoo.co.jp yahoo.dk yahoo.es yahoo.gr yahoo.ie yahoo.in yahoo.it
yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.se ymail.com
"""
CLOSE = frozenset(CLOSE_NAMES.split())
# A name of fewer letters is one slip away from many others; only its ending is corrected.
SHORT = 5
ENDING_SLIPS = {
    "com": frozenset(
        ["c", "cim", "cm", "cmo", "co", "cok", "comm", "con", "coom", "cpm", "ocm", "om", "vom"]
    ),
    "net": frozenset(["ent", "nte", "nett", "ney", "ner", "met"]),
    "de": frozenset(["d", "dee", "ed"]),
    "fr": frozenset(["f", "frr", "rf"]),
}


def suggestion(address: str) -> str:
    """Return the address that a normal one with a slip in its domain was probably meant to be; empty where it
    shows none."""
    local, _at, domain = address.rpartition("@")
    meant = _meant(domain)
    return f"{local}@{meant}" if meant else ""


@lru_cache(maxsize=1024)
def _meant(domain: str) -> str:
    if domain in SUGGESTED or domain in CLOSE:
        return ""
    return next((whole for whole in SUGGESTED if _is_slip(domain, whole)), "")


def _is_slip(typed: str, whole: str) -> bool:
    """Return whether one slip, or one in the name and one in the ending, leads from a domain to another."""
    name, _dot, ending = whole.partition(".")
    typed_name, _dot, typed_ending = typed.partition(".")
    if "." not in typed:
        return typed == whole.replace(".", "")
    slipped_ending = typed_ending in ENDING_SLIPS.get(ending, ())
    if typed_name == name:
        return slipped_ending
    if len(name) < SHORT or not (slipped_ending or typed_ending == ending):
        return False
    return slips(typed_name, name) == 1


def slips(typed: str, meant: str) -> int:
    """Return how many letters were left out, doubled, replaced or swapped with the next one (the optimal
    string alignment distance: Damerau, 1964)."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for place, letter in enumerate(typed, start=1):
        earlier, before, row = before, row, [place, *[0] * len(meant)]
        for at, other in enumerate(meant, start=1):
            row[at] = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != other))
            if place > 1 < at and (letter, typed[place - 2]) == (meant[at - 2], other):
                row[at] = min(row[at], earlier[at - 2] + 1)
    return row[-1]
