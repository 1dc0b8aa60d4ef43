"""SPF records that allow too many servers, too few or none, beside those that work (RFC 7208)."""

from typing import Any

import pytest

from tests.support.dns_desk import Desk

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("host", "record"),
    [
        ("smtp.eu.mailgun.org", "v=spf1 include:mailgun.org ~all"),
        ("email-smtp.eu-west-1.amazonaws.com", "v=spf1 include:amazonses.com ~all"),
        ("127.0.0.1", "v=spf1 a:reset.example.org ~all"),
        ("smtp", "v=spf1 a:reset.example.org ~all"),
        ("9.9.9.9", "v=spf1 ip4:9.9.9.9 ~all"),
    ],
)
def test_the_proposed_spf_fits_the_mail_server(names: Desk, settings: Any, host: str, record: str) -> None:
    names.zone["example.org"]["TXT"] = []
    settings.EMAIL_HOST = host
    assert f"Set at example.org as TXT: {record}" in names.paragraph("SPF of")


SPF = {
    "two records": (["v=spf1 mx -all", "v=spf1 a ~all"], "2 records", "v=spf1 a mx ~all"),
    "open": (["v=spf1 mx"], "keeps nobody else", "v=spf1 mx ~all"),
    "neutral": (["v=spf1 mx ?all"], "keeps nobody else", "v=spf1 mx ~all"),
    "everybody": (["v=spf1 +all"], "keeps nobody else", "v=spf1 ~all"),
    "everybody, unsaid": (["v=spf1 all"], "keeps nobody else", "v=spf1 ~all"),
    "not SPF": (["v=spf1 ipv4:192.0.2.1 -all"], "stop at ipv4:192.0.2.1", ""),
    "no address": (["v=spf1 ip4:192.0.2.999 -all"], "stop at ip4:192.0.2.999", ""),
    "include of nothing": (
        ["v=spf1 include:gone.example -all"],
        "gone.example, which has to have one SPF",
        "",
    ),
    "include of two": (["v=spf1 include:two.example -all"], "has 2", ""),
    "eleven lookups": (["v=spf1 include:ten.example -all"], "more than 10 DNS lookups", ""),
    "a circle": (["v=spf1 include:example.org -all"], "more than 10 DNS lookups", ""),
    "redirect to open": (
        ["v=spf1 redirect=open.example"],
        "keeps nobody else",
        "v=spf1 include:open.example ~all",
    ),
}


@pytest.mark.parametrize("case", SPF)
def test_spf_that_does_not_do_its_work(names: Desk, case: str) -> None:
    names.say("two.example", "v=spf1 -all", "v=spf1 a -all")
    names.say("ten.example", "v=spf1 " + "a:x.example " * 10 + "-all")
    names.say("open.example", "v=spf1 mx ?all")
    texts, says, record = SPF[case]
    names.say("example.org", "some-site-verification=1", *texts)

    failure = names.failure()

    spf = names.paragraph("SPF of")
    assert failure == "One record needs you."
    assert spf.startswith("wrong ")
    assert says in spf
    assert spf.endswith(f"Set at example.org as TXT: {record}") if record else "Set at" not in spf


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 include:ten.example ~all",
        "v=spf1 redirect=limited.example",
        "V=SPF1 A MX:mail.example.org/24 ip6:2001:db8::/32 exists:%{i}.x.example exp=why.example -ALL",
        "v=spf1 -all include:gone.example",
        "v=spf1 redirect=gone.example -all",
    ],
)
def test_spf_that_does_its_work(names: Desk, record: str) -> None:
    names.say("ten.example", "v=spf1 " + "a:x.example " * 9 + "?all")
    names.say("limited.example", "v=spf1 mx -all")
    names.say("example.org", record)
    assert names.failure() == ""


def test_a_provider_that_spf_leaves_out_is_said(names: Desk, settings: Any) -> None:
    settings.EMAIL_HOST = "smtp.postmarkapp.com"
    names.say("example.org", "v=spf1 include:_spf.example.net -all")
    names.say("_spf.example.net", "v=spf1 mx -all")
    names.say("spf.mtasv.net", "v=spf1 ip4:192.0.2.0/24 -all")

    spf = names.paragraph("SPF of")
    assert "does not let smtp.postmarkapp.com send" in spf
    assert spf.endswith("v=spf1 include:_spf.example.net include:spf.mtasv.net ~all")

    names.say("_spf.example.net", "v=spf1 include:spf.mtasv.net -all")
    assert names.failure() == ""
