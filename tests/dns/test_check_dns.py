"""`manage.py check_dns` asks a name server and reports which record is missing or wrong."""

from io import StringIO
from time import monotonic
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from challenge.dns import lookup
from tests.support import free_port
from tests.support.dns_desk import DKIM, DMARC, Desk

pytestmark = pytest.mark.pure


def test_all_as_it_should_be(names: Desk) -> None:
    said, failure = names.ask()

    assert failure == ""
    assert [line.split()[0] for line in said.split("\n\n")[1:-1]] == ["right"] * 4
    assert said.endswith("All is set.\n")
    assert "Note:" not in said


def test_what_is_missing_is_said_with_the_text_to_paste(names: Desk) -> None:
    names.zone.clear()

    said, failure = names.ask()

    assert failure == "4 records need you."
    lines = [line.strip() for line in said.splitlines()]
    for name, record in {
        "example.org": "v=spf1 a:mail.example.org ~all",
        DKIM: names.key.record,
        DMARC: "v=DMARC1; p=none; rua=mailto:coach@example.org",
    }.items():
        assert lines[lines.index(f"Set at {name} as TXT:") + 1] == record
    assert "Set at example.org as MX:" in lines
    # The same in strings of 255 characters.
    [parts] = [line for line in lines if line.startswith('"v=DKIM1')]
    assert parts.replace('" "', "").strip('"') == names.key.record


def test_what_was_pasted_is_right(names: Desk) -> None:
    """The texts that the command proposes satisfy it."""
    names.zone.clear()
    lines = [line.strip() for line in names.ask()[0].splitlines()]
    for number, line in enumerate(lines):
        if line.startswith("Set at "):
            _, _, name, _, kind = line.rstrip(":").split()
            names.zone.setdefault(name, {})[kind] = [lines[number + 1]]

    assert names.failure() == ""


def test_a_domain_without_mail_is_said(names: Desk) -> None:
    names.zone["example.org"]["MX"] = ["0 ."]
    failure = names.failure()
    assert "takes no mail (RFC 7505)" in names.paragraph("MX of")
    assert failure == "One record needs you."

    names.zone["example.org"].update(MX=[], A=["192.0.2.1"])
    failure = names.failure()
    assert names.paragraph("MX of").startswith("note ")
    assert failure == ""


def test_a_name_that_fails_stops_no_other(names: Desk) -> None:
    names.failing = {DMARC}
    failure = names.failure()
    assert failure == "One record needs you."
    assert names.paragraph("DMARC of").startswith("unknown ")
    assert "the name server" in names.paragraph("DMARC of").lower()
    assert names.paragraph("MX of").startswith("right ")


def test_a_name_server_that_says_nothing_is_left_after_seconds(
    names: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "QUERY_SECONDS", 0.5)
    names.silent = True
    begin = monotonic()

    _, failure = names.ask()

    assert monotonic() - begin < 5
    assert "seems to be away" in failure
    assert "--resolver 9.9.9.9" in failure
    assert names.address.split(":")[0] in failure


def test_all_questions_together_have_an_end(names: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "ALL_SECONDS", 0.0)
    _, failure = names.ask()
    assert "All questions together took over 0 seconds." in failure
    assert names.asked == []


@pytest.mark.usefixtures("names")
def test_nobody_at_the_name_servers_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "QUERY_SECONDS", 0.5)
    with pytest.raises(CommandError, match="seems to be away"):
        call_command("check_dns", resolver=f"127.0.0.1:{free_port()}", stdout=StringIO())


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("server", ["dns.example.org", "9.9.9", "9.9.9.9:dns", "[::1", ":53"])
def test_what_is_no_name_server_is_said(server: str) -> None:
    with pytest.raises(CommandError, match=r"is no name server\. Write it as 9\.9\.9\.9"):
        call_command("check_dns", resolver=server, stdout=StringIO())


def test_what_is_set_wrong_here_is_said(names: Desk, settings: Any) -> None:
    settings.DKIM_KEY_FILE = "/nowhere/dkim.pem"
    assert "/nowhere/dkim.pem cannot be read" in names.failure()
    settings.MAIL_DOMAIN = "localhost"
    assert "MAIL_FROM is at localhost" in names.failure()
