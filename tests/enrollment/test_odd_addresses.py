"""Forty odd addresses at the sign-up form (A11): each is mailed under its one spelling or refused with words,
and none is mailed wrongly."""

import re
import sys
from datetime import datetime
from html import unescape

import pytest

from accounts.models import User
from challenge.models import MailRequest
from tests.support.visitor import Visitor

pytestmark = pytest.mark.django_db

LONG = "m" * 64
# Typed, and the address that is mailed; or what the refusal says.
MAILED = {
    "maya@example.com": "maya@example.com",
    " Maya@Example.COM ": "maya@example.com",
    "maya+run@example.com": "maya+run@example.com",
    "maya+a+b@example.com": "maya+a+b@example.com",
    "ma.ya@example.com": "ma.ya@example.com",
    "m@example.com": "m@example.com",
    "o'neil@example.com": "o'neil@example.com",
    "maya_%&x@example.com": "maya_%&x@example.com",
    "maya@sub.domain.example.co.uk": "maya@sub.domain.example.co.uk",
    "maya@123.com": "maya@123.com",
    "maya@b\u00fccher.de": "maya@xn--bcher-kva.de",
    "maya@B\u00dcCHER.de": "maya@xn--bcher-kva.de",
    "maya@xn--bcher-kva.de": "maya@xn--bcher-kva.de",
    "maya@stra\u00dfe.de": "maya@xn--strae-oqa.de",
    "maya@\u4f8b\u3048.jp": "maya@xn--r8jz45g.jp",
    "maya@\u0440\u043e\u0441\u0441\u0438\u044f.\u0440\u0444": "maya@xn--h1alffa9f.xn--p1ai",
    "maya@evil\u3002com": "maya@evil.com",
    "maya@evil\uff0ecom": "maya@evil.com",
    "maya\uff20example.com": "maya@example.com",
    "\u202amaya@example.com\u202c": "maya@example.com",
    "maya@exam\u200bple.com": "maya@example.com",
    f"{LONG}@example.com": f"{LONG}@example.com",
}
REFUSED = {
    "": "Write the address",
    "maya": "The @ is missing",
    "maya@": "Something is missing",
    "@example.com": "Something is missing",
    "j\u00f6rg@example.com": "before the @",
    "\U0001f600@example.com": "before the @",
    '"ma ya"@example.com': "one address alone",
    '"maya"@example.com': "before the @",
    "maya@example.com, bob@example.com": "one address alone",
    "Maya <maya@example.com>": "one address alone",
    "ma..ya@example.com": "A dot is doubled",
    "maya@ex\u0430mple.com": "two alphabets",
    "maya@localhost": "ends in localhost",
    "maya@example": "The ending is missing",
    "maya@[192.0.2.1]": "after the @",
    "maya@192.0.2.1": "The ending is missing",
    f"m{LONG}@example.com": "longer than an address can be",
    "m" * 308 + "@example.com": "at most 254 characters",
}


def test_forty_odd_addresses(visitor: Visitor, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    rows = []
    for number, (typed, expected) in enumerate((MAILED | REFUSED).items()):
        before = len(visitor.sink.recipients)
        answer = visitor.post(ip=f"192.0.2.{number}", email=typed)
        visitor.go(now)
        mailed = visitor.sink.recipients[before:]
        said = re.findall(r'id="id_email_error".*?<li>(.*?)</li>', answer.content.decode(), re.DOTALL)
        got = " ".join(mailed) or unescape(" ".join(said))
        is_right = mailed == [expected] if typed in MAILED else expected in got and not mailed
        rows.append((ascii(typed), got, is_right, bool(mailed)))
        User.objects.all().delete()
        MailRequest.objects.all().delete()

    with capsys.disabled():
        sys.stdout.write(table(rows))
    assert len(rows) == 40
    assert sum(is_right for *_, is_right, _ in rows) >= 38
    assert not [row for row in rows if row[3] and not row[2]], "mailed wrongly"


def table(rows: list[tuple[str, str, bool, bool]]) -> str:
    right = sum(row[2] for row in rows)
    lines = [f"| {typed[:45]:45} | {got[:64]:64} | {'yes' if ok else 'NO'} |" for typed, got, ok, _ in rows]
    return "\n".join([f"\nA11: {right} of {len(rows)} as expected", *lines, ""])
