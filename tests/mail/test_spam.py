"""M2: SpamAssassin's score of every mail, its network tests off."""

import re
import shutil
import subprocess
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from tests.gallery.mails import GalleryMail, sent_mails
from tests.gallery.reporting import print_result, skip_without_tool

pytestmark = pytest.mark.pure

MOST = 1.0
# What the runner's own server puts on top. The address is one kept for documentation (RFC 3849).
RECEIVED = (
    "Received: from mail.reset.example.org (mail.reset.example.org [2001:db8::25])\r\n"
    "\tby mx.example.com (Postfix) with ESMTPS id 4Xq1Rz0b2Hz\r\n\tfor <{to}>; {date}\r\n"
)
# The text that every SpamAssassin takes for spam, to see that it works.
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
SETTINGS = ("add_header all Scores _TESTSSCORES(,)_", "use_bayes 0", "use_auto_welcomelist 0")
ENVELOPE = b"From coach@reset.example.org Tue Mar  3 08:00:00 2026\n"

Rules = dict[str, float]


def test_no_mail_looks_like_spam(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent = sent_mails("mid", "")
    spam = (
        _arrived(sent[-1])
        .replace(b"RUNNER RESET", GTUBE, 1)
        .replace(b"\nMessage-ID: <", b"\nMessage-ID: <0", 1)
    )
    rules = _judge([*map(_arrived, sent), spam], tmp_path)
    found = {mail.name: rules.pop(str(mail.message["Message-ID"])) for mail in sent}
    [seen] = rules.values()
    print_result(capsys, _table(found))

    assert "GTUBE" in seen
    assert not [name for name, met in found.items() if _score(met) > MOST]


def _arrived(mail: GalleryMail) -> bytes:
    return RECEIVED.format(to=mail.message["To"], date=mail.message["Date"]).encode() + mail.raw


def _judge(arrived: list[bytes], home: Path) -> dict[str, Rules]:
    """Return the rules that each mail met, with their scores, by its Message-ID; one process reads them all,
    in an order of its own."""
    command = shutil.which("spamassassin") or skip_without_tool("spamassassin is not installed")
    box = b"\n".join(ENVELOPE + mail.replace(b"\r\n", b"\n") for mail in arrived)
    ran = subprocess.run(
        [command, "--local", "--nocreate-prefs", "--mbox", *(f"--cf={line}" for line in SETTINGS)],
        input=box + b"\n",
        capture_output=True,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        timeout=300,
        check=True,
    )
    judged = map(message_from_bytes, ran.stdout.split(ENVELOPE)[1:])
    return {str(mail["Message-ID"]): _rules(mail) for mail in judged}


def _rules(mail: Message) -> Rules:
    return {rule: float(score) for rule, score in re.findall(r"(\w+)=([-\d.]+)", mail["X-Spam-Scores"])}


def _score(rules: Rules) -> float:
    """Return the sum of what counts against a mail; rules in its favour make up for nothing here."""
    return round(sum(score for score in rules.values() if score > 0), 1)


def _table(found: dict[str, Rules]) -> str:
    worst = max(found, key=lambda name: _score(found[name]))
    met = " ".join(f"{rule} {score}" for rule, score in found[worst].items() if score > 0) or "no rule"
    lines = [f"{name:<20} {_score(rules)}  {' '.join(rules)}".rstrip() for name, rules in found.items()]
    head = f"M2 spamassassin: {len(found)} mails, highest {_score(found[worst])} ({met}), at most {MOST}"
    return "\n".join([head, *lines])
