"""DKIM: the public half of the key that mail is signed with (RFC 6376, 3.6.1)."""

from challenge.dns.finding import RecordFinding, Verdict, tags
from challenge.dns.lookup import Lookup
from challenge.mail.dkim_key import Key


def check_dkim(
    lookup: Lookup, domain: str, selector: str, key: Key | None, by_provider: bool
) -> RecordFinding:
    """Judge the key under a selector. Without a key of our own, judge whether there is any."""
    name = f"{selector}._domainkey.{domain}"
    about = f"DKIM key at {name}"
    records = [text for text in lookup.texts(name) if "p" in tags(text)]
    if key is None:
        return _without_own_key(about, records, by_provider)
    if not records:
        says = "Without it nobody can check our signature."
        return RecordFinding(about, Verdict.MISSING, says, name, key.record)
    if len(records) > 1:
        says = f"There are {len(records)} records, and receivers may take any. Leave this one:"
        return RecordFinding(about, Verdict.WRONG, says, name, key.record)
    if fault := _fault(tags(records[0]), key):
        return RecordFinding(about, Verdict.WRONG, f"{fault} Change it to:", name, key.record)
    found = RecordFinding(about, Verdict.RIGHT, f"It is the {key.kind} key of DKIM_KEY_FILE.")
    return found.with_hints(
        "It says t=y, a test: receivers may treat the mail as unsigned. Take that out."
        if "y" in _list(tags(records[0]), "t")
        else "",
        "Gmail and Outlook do not check Ed25519; an RSA key is what all receivers check."
        if key.kind == "ed25519"
        else "",
    )


def _fault(found: dict[str, str], key: Key) -> str:
    public = "".join(found["p"].split())
    if found.get("v", "DKIM1") != "DKIM1":
        return f"It says v={found['v']}, which is not DKIM."
    if not public:
        return "It is withdrawn (its p= is empty)."
    if found.get("k", "rsa").lower() != key.kind:
        return f"It is a key for {found.get('k', 'rsa')}, and mail is signed with {key.kind}."
    if public != key.public:
        return "It is another key than that of DKIM_KEY_FILE, so every signature fails."
    if "h" in found and "sha256" not in _list(found, "h"):
        return "Its h= leaves out sha256, with which mail is signed."
    if "s" in found and not {"*", "email"} & set(_list(found, "s")):
        return "Its s= leaves out mail."
    return ""


def _list(found: dict[str, str], tag: str) -> list[str]:
    return [value.strip().lower() for value in found.get(tag, "").split(":")]


def _without_own_key(about: str, records: list[str], by_provider: bool) -> RecordFinding:
    """Judge the records when a provider or the mail server may sign, under its own selector."""
    if any(tags(text)["p"] for text in records):
        return RecordFinding(
            about, Verdict.RIGHT, "There is one. DKIM_KEY_FILE is empty, so nothing is signed here."
        )
    if by_provider:
        says = (
            "DKIM_KEY_FILE is empty, so your provider has to sign: ask it which records to set, and put its "
            "selector in DKIM_SELECTOR to have it looked up here."
        )
        return RecordFinding(about, Verdict.NOTE, says)
    says = (
        "Nobody signs, as far as can be seen here. Make a key with manage.py make_dkim_key and name it in "
        "DKIM_KEY_FILE; or, if your mail server signs, put its selector in DKIM_SELECTOR."
    )
    return RecordFinding(about, Verdict.MISSING, says)
