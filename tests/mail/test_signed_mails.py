"""M1: both List-Unsubscribe headers of every program mail are in its DKIM signature, which verifies."""

import re
from pathlib import Path
from typing import Any

import pytest

from challenge.mail.compose import sign
from challenge.mail.dkim_key import read_key
from tests.gallery.mails import sent_mails
from tests.gallery.reporting import print_result
from tests.support.key_files import rsa_key
from tests.support.name_server import NameServer
from tests.support.second_dkim import by_mail_dkim

pytestmark = pytest.mark.pure


def test_every_mail_of_every_state_is_signed(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = read_key(rsa_key())
    settings.DKIM_KEY_FILE, settings.DKIM_SELECTOR = str(rsa_key()), "reset"
    settings.MAIL_DOMAIN = "reset.example.org"
    server = NameServer({"reset._domainkey.reset.example.org": {"TXT": [key.record]}})
    sent = sent_mails()
    signed = {mail.name: sign(mail.raw) for mail in sent}

    judged = by_mail_dkim(list(signed.values()), server.port, tmp_path)
    server.stop()

    assert len(sent) > 50
    assert dict(zip(signed, judged, strict=True)) == dict.fromkeys(signed, "pass")
    for name, mail in signed.items():
        header = mail[: mail.index(b"\r\nFrom:")]
        names = re.split(rb"\s*:\s*", re.split(rb";\s*h=|;\s*bh=", header)[1])
        assert {b"list-unsubscribe", b"list-unsubscribe-post"} < set(names), name
    print_result(
        capsys, f"M1 DKIM: {len(signed)} mails signed, verified by Mail::DKIM: {judged.count('pass')}"
    )
