"""DMARC (RFC 9989): the policy is found by the tree walk, judged, and compared with the return path."""

from typing import Any

import pytest

from tests.support.dns_desk import DKIM, DMARC, Desk

pytestmark = pytest.mark.pure


def test_dmarc_that_counts_for_nothing_is_said(names: Desk) -> None:
    cases = {
        ("v=DMARC1; p=none", "v=DMARC1; p=reject"): ("There are 2 records", "v=DMARC1; p=none"),
        ("v=DMARC1; rua=mailto:a@example.org",): ("no p=", "v=DMARC1; p=none; rua=mailto:a@example.org"),
        ("v=DMARC1; p=block; pct=50",): ("Its p= is none of none", "v=DMARC1; p=none"),
        ("v=DMARC1; p=reject; sp=maybe",): ("Its sp= is none of none", "v=DMARC1; p=reject"),
    }
    for texts, (says, record) in cases.items():
        names.say(DMARC, *texts)
        failure = names.failure()
        dmarc = names.paragraph("DMARC of")
        assert failure == "One record needs you."
        assert dmarc.startswith("wrong ")
        assert says in dmarc
        assert f"Set at {DMARC} as TXT: {record}" in dmarc


@pytest.mark.parametrize("text", ["v=DMARC2; p=none", "p=none", "v=DMARC1x; p=none", "v=spf1 -all"])
def test_what_is_no_dmarc_is_missing(names: Desk, text: str) -> None:
    names.say(DMARC, text)
    assert names.paragraph("DMARC of").startswith("missing ")


def test_dmarc_hints(names: Desk) -> None:
    for text, hint in {
        "v=DMARC1; p=none; rua=mailto:a@example.org": "p=none only watches",
        "v=DMARC1; p=reject": "Without rua=",
        "v=DMARC1; p=reject; pct=10; ri=9; rua=mailto:a@example.org": "pct=, ri= mean nothing since RFC 9989",
        "v=DMARC1; p=reject; t=y; rua=mailto:a@example.org": "t=y, a test",
        "v=DMARC1; p=reject; rua=mailto:a@reports.example.net!10m": "Reports to reports.example.net",
    }.items():
        names.say(DMARC, text)
        failure = names.failure()
        assert failure == ""
        assert hint in names.paragraph("DMARC of")
    names.say("example.org._report._dmarc.reports.example.net", "v=DMARC1")
    assert "Note:" not in names.ask()[0]


@pytest.fixture
def below(names: Desk, settings: Any) -> Desk:
    """Mail from a.b.example.org, which has all its records but DMARC's."""
    settings.MAIL_DOMAIN, settings.MAIL_FROM_ADDRESS = "a.b.example.org", "coach@a.b.example.org"
    names.zone["a.b.example.org"] = names.zone["example.org"]
    names.zone["reset._domainkey.a.b.example.org"] = names.zone[DKIM]
    return names


def test_dmarc_is_found_up_the_tree(below: Desk) -> None:
    failure = below.failure()
    assert failure == ""
    assert "From example.org, to which it belongs: v=DMARC1; p=reject" in below.paragraph("DMARC of")

    # The record of a public suffix above is not ours (RFC 9989, 4.10.2).
    below.zone[DMARC] = {}
    below.say("_dmarc.org", "v=DMARC1; p=none; psd=y")
    dmarc = below.paragraph("DMARC of")
    assert dmarc.startswith("missing ")
    assert "Set at _dmarc.a.b.example.org as TXT: v=DMARC1; p=none" in dmarc


def test_the_walk_asks_eight_questions_at_most(names: Desk, settings: Any) -> None:
    labels = ["l" + str(number) for number in range(10)]
    settings.MAIL_DOMAIN = domain = ".".join([*labels, "example", "org"])

    names.ask()

    asked = [line.split()[0] for line in names.asked if line.startswith("_dmarc.")]
    assert asked[0] == f"_dmarc.{domain}"
    assert asked[1] == "_dmarc.l5.l6.l7.l8.l9.example.org"
    assert asked[-1] == "_dmarc.org"
    assert len(asked) == 8


def test_psd_n_ends_the_walk(below: Desk) -> None:
    below.say("_dmarc.b.example.org", "v=DMARC1; p=quarantine; psd=n; rua=mailto:a@b.example.org")
    assert "From b.example.org, to which it belongs" in below.paragraph("DMARC of")
    assert "_dmarc.example.org TXT" not in below.asked


def test_the_bounces_domain_is_looked_at_too(names: Desk, settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@b.example.org"
    said, failure = names.ask()
    assert failure == "2 records need you."
    assert names.paragraph("SPF of b.example.org").startswith("missing ")
    assert names.paragraph("MX of b.example.org").startswith("missing ")
    assert "does not count as" not in said

    names.zone["b.example.org"] = names.zone["example.org"]
    assert names.failure() == ""
    names.say(DMARC, "v=DMARC1; p=reject; aspf=s; rua=mailto:coach@example.org")
    assert "Bounces go to b.example.org, which does not count" in names.paragraph("DMARC of")

    settings.BOUNCE_ADDRESS = "bounces@example.net"
    names.zone["example.net"] = names.zone["example.org"]
    names.say(DMARC, "v=DMARC1; p=reject; rua=mailto:coach@example.org")
    assert "Bounces go to example.net, which does not count" in names.paragraph("DMARC of")
