"""Each mail carries a signature that a second program verifies, and that a change of the mail breaks."""

import re
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from dkim import DKIMException

from challenge.mail.compose import sign
from challenge.mail.dkim_key import Key, UnusableKeyError, read_key
from tests.gallery.mails import sent_mails
from tests.gallery.reporting import print_result
from tests.support.key_files import new_key
from tests.support.name_server import NameServer
from tests.support.second_dkim import by_dkimpy, by_mail_dkim

pytestmark = pytest.mark.pure

NAME = "autumn._domainkey.reset.example.org"
SMALL = b"From: Sam <coach@reset.example.org>\r\nTo: alice@example.com\r\nSubject: Day 1\r\n\r\n"
ODD_BODIES = {
    "empty": b"",
    "nothing but line ends": b"\r\n\r\n\r\n",
    "no line end at the end": b"Hello",
    "line ends at the end": b"Hello\r\n\r\n\r\n",
    "space at line ends": b"Hello \t\r\n  there \r\n \r\n",
    "dots at line starts": b".\r\n..\r\n.Hello\r\n",
    "quoted-printable": b"caf=C3=A9 =\r\n=20and so on=20\r\n",
    "long lines": b"x" * 997 + b"\r\n",
}


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def key_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "dkim.pem"
    new_key(path, ed25519=request.param == "ed25519")
    return path


@pytest.fixture
def key(key_file: Path, settings: Any) -> Key:
    settings.DKIM_KEY_FILE, settings.DKIM_SELECTOR = str(key_file), "autumn"
    settings.MAIL_DOMAIN = "Reset.example.org"
    return read_key(key_file)


@pytest.fixture
def name_server(key: Key) -> Iterator[NameServer]:
    server = NameServer({NAME: {"TXT": [key.record]}})
    yield server
    server.stop()


@pytest.fixture(scope="module")
def lesson() -> bytes:
    """Send a lesson; return it as a mail server got it."""
    return next(mail.raw for mail in sent_mails("mid") if mail.name.startswith("day-08"))


def test_two_programs_verify_what_left(
    key: Key, name_server: NameServer, lesson: bytes, tmp_path: Path
) -> None:
    signed = sign(lesson)

    assert by_mail_dkim([signed, lesson], name_server.port, tmp_path) == ["pass", "none"]
    assert by_dkimpy(signed, {NAME: key.record}.__getitem__)


def test_a_change_on_the_way_breaks_the_signature(
    key: Key, name_server: NameServer, lesson: bytes, tmp_path: Path
) -> None:
    signed = sign(lesson)
    last = re.compile(rb"\r\n\r\n")
    changed = {
        "body": signed.replace(b"psoas", b"Psoas", 1),
        "a second From in front": b"From: Eve <eve@example.net>\r\n" + signed,
        "a second From at the end": last.sub(b"\r\nFrom: Eve <eve@example.net>\r\n\r\n", signed, count=1),
        "another way out": re.sub(rb"(List-Unsubscribe: <https://)", rb"\1evil.", signed),
        "one click no more": signed.replace(b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two", 1),
        "answers to somebody else": b"Reply-To: eve@example.net\r\n" + signed,
        "subject": signed.replace(b"\r\nSubject: ", b"\r\nSubject: Re: ", 1),
    }

    judged = by_mail_dkim(list(changed.values()), name_server.port, tmp_path)

    assert not [name for name, mail in changed.items() if mail == signed]
    assert {name: said[:4] for name, said in zip(changed, judged, strict=True)} == dict.fromkeys(
        changed, "fail"
    )
    for name, mail in changed.items():
        assert not by_dkimpy(mail, {NAME: key.record}.__getitem__), name


@pytest.mark.usefixtures("key")
def test_every_header_is_signed_and_from_once_more(lesson: bytes) -> None:
    header = sign(lesson)[: -len(lesson)].decode()
    fields = dict(part.strip().split("=", 1) for part in re.sub(r"\s+", " ", header).split(";"))
    signed = re.split(r"\s*:\s*", fields["h"])
    there = [
        line.lower().decode()
        for line in re.findall(rb"^([\w-]+):", lesson.split(b"\r\n\r\n")[0], re.MULTILINE)
    ]

    assert set(there) <= set(signed)
    assert {"list-unsubscribe", "list-unsubscribe-post"} < set(signed)
    assert signed.count("from") == there.count("from") + 1 == 2
    assert (fields["d"], fields["s"], fields["c"]) == ("reset.example.org", "autumn", "relaxed/relaxed")


@pytest.mark.usefixtures("key")
def test_the_message_itself_stays_as_it_is(lesson: bytes) -> None:
    signed = sign(lesson)

    assert signed.startswith(b"DKIM-Signature: v=1; ")
    assert signed.endswith(b"\r\n" + lesson)
    header = signed[: -len(lesson)]
    assert header.count(b"\n") == header.count(b"\r\n")
    assert max(map(len, header.split(b"\r\n"))) <= 78


def test_odd_bodies_verify_too(key: Key, name_server: NameServer, tmp_path: Path) -> None:
    signed = [sign(SMALL + body) for body in ODD_BODIES.values()]

    judged = by_mail_dkim(signed, name_server.port, tmp_path)

    assert dict(zip(ODD_BODIES, judged, strict=True)) == dict.fromkeys(ODD_BODIES, "pass")


def test_without_a_key_file_nothing_is_signed(settings: Any) -> None:
    settings.DKIM_KEY_FILE = ""
    assert sign(SMALL) is SMALL


def test_nothing_leaves_unsigned_when_the_key_is_gone(settings: Any, tmp_path: Path) -> None:
    settings.DKIM_KEY_FILE = str(tmp_path / "gone.pem")
    with pytest.raises(UnusableKeyError, match=r"gone\.pem cannot be read: No such file"):
        sign(SMALL)
    new_key(tmp_path / "gone.pem", ed25519=True)
    assert sign(SMALL).startswith(b"DKIM-Signature: ")  # mended, and no restart was needed
    (tmp_path / "gone.pem").unlink()
    assert sign(SMALL).startswith(b"DKIM-Signature: ")  # the key was read once


@pytest.mark.usefixtures("key")
def test_what_is_no_message_is_not_signed() -> None:
    with pytest.raises(DKIMException):
        sign(b"no header\r\n\r\nbody\r\n")


def test_what_a_signature_costs(key: Key, lesson: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    sign(lesson)
    begin = process_time()
    for _ in range(20):
        sign(lesson)
    cost = (process_time() - begin) / 20 * 1000
    print_result(
        capsys, f"DKIM: {key.kind} {key.bits} bits, {len(lesson) / 1000:.0f} kB, {cost:.1f} ms of CPU a mail"
    )
    assert cost < 200
