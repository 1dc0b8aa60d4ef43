"""The key in DNS is compared with the one that signs (RFC 6376, 3.6.1)."""

from typing import Any

import pytest

from tests.support.dns_desk import DKIM, Desk

pytestmark = pytest.mark.pure


def test_a_dkim_key_that_fails_every_signature_is_said(names: Desk) -> None:
    cases = {
        "another key than that of DKIM_KEY_FILE": [names.key.record.replace("A", "B")],
        "withdrawn": ["v=DKIM1; k=rsa; p="],
        "a key for ed25519, and mail is signed with rsa": [f"v=DKIM1; k=ed25519; p={names.key.public}"],
        "There are 2 records": [names.key.record, "v=DKIM1; p=abc"],
        "leaves out sha256": [f"{names.key.record}; h=sha1"],
        "leaves out mail": [f"{names.key.record}; s=tlsrpt"],
        "not DKIM": [names.key.record.replace("DKIM1", "DKIM2")],
    }
    for says, texts in cases.items():
        names.say(DKIM, *texts)
        failure = names.failure()
        dkim = names.paragraph("DKIM key")
        assert failure == "One record needs you."
        assert dkim.startswith("wrong ")
        assert says in dkim
        assert f"Set at {DKIM} as TXT: {names.key.record}" in dkim


def test_a_dkim_key_is_known_however_it_is_written(names: Desk) -> None:
    names.say(DKIM, f"p={names.key.public[:40]} {names.key.public[40:]} ; n=ours ; t=y:s;")
    failure = names.failure()
    assert failure == ""
    assert "t=y, a test" in names.paragraph("DKIM key")


def test_who_signs_when_we_do_not(names: Desk, settings: Any) -> None:
    settings.DKIM_KEY_FILE = ""
    assert names.paragraph("DKIM key").startswith("right ")

    names.say(DKIM)
    failure = names.failure()
    assert "make_dkim_key" in names.paragraph("DKIM key")
    assert failure == "One record needs you."

    settings.EMAIL_HOST = "smtp.sendgrid.net"
    names.say("example.org", "v=spf1 include:sendgrid.net -all")
    names.say("sendgrid.net", "v=spf1 -all")
    failure = names.failure()
    assert "your provider has to sign" in names.paragraph("DKIM key")
    assert failure == ""
