"""The key that signs: made for its owner alone, read as others write it, and refused with a reason."""

from base64 import b64encode, encodebytes
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from challenge.mail.dkim_key import UnusableKeyError, read_key
from tests.support.key_files import new_key, openssl

pytestmark = pytest.mark.pure


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dkim.pem"


def made(path: Path, *options: str) -> str:
    said = StringIO()
    call_command("make_dkim_key", str(path), *options, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(("options", "kind"), [((), "rsa"), (("--ed25519",), "ed25519")])
def test_a_new_key_is_its_owners_alone_and_its_record_is_said(
    path: Path, settings: Any, options: tuple[str, ...], kind: str
) -> None:
    settings.MAIL_DOMAIN, settings.DKIM_SELECTOR = "example.org", "spring"
    openssl("version")  # left out without it

    said = made(path, *options)

    assert path.stat().st_mode & 0o777 == 0o600
    key = read_key(path)
    assert (key.kind, key.bits) == (kind, 2048 if kind == "rsa" else 256)
    assert (
        f"Set this TXT record at spring._domainkey.example.org:\n\n    v=DKIM1; k={kind}; p={key.public}\n"
        in said
    )
    assert f"DKIM_KEY_FILE={path}" in said
    assert key.private.decode() not in said


def test_a_key_that_is_there_is_never_written_over(path: Path) -> None:
    path.write_text("precious")
    with pytest.raises(CommandError, match="is there already"):
        made(path)
    assert path.read_text() == "precious"


def test_without_openssl_no_half_file_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(path.parent))
    with pytest.raises(CommandError, match=r"program openssl.* Try --ed25519"):
        made(path)
    assert not path.exists()
    assert "v=DKIM1; k=ed25519" in made(path, "--ed25519")


def test_a_folder_that_is_not_there_is_said(path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        made(path.parent / "nowhere" / "dkim.pem")


@pytest.mark.parametrize("form", ["PKCS #1", "PKCS #8", "with other line ends", "after some words"])
def test_rsa_is_read_as_others_write_it(path: Path, form: str) -> None:
    new_key(path)
    public = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")
    if form == "PKCS #1":
        path.write_bytes(openssl("rsa", "-in", path, "-traditional"))
        assert b"BEGIN RSA PRIVATE KEY" in path.read_bytes()
    if form == "with other line ends":
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    if form == "after some words":
        path.write_bytes(b"Bag Attributes\n    friendlyName: dkim\n" + path.read_bytes())

    key = read_key(path)

    assert (key.kind, key.algorithm, key.bits) == ("rsa", b"rsa-sha256", 2048)
    assert same(key.public, public)


def test_ed25519_is_read_as_openssl_writes_it(path: Path) -> None:
    path.write_bytes(openssl("genpkey", "-algorithm", "ed25519"))
    public = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")

    # DNS holds the 32 octets alone (RFC 8463, 4.2).
    assert same(read_key(path).public, public[-32:])


def same(public: str, der: bytes) -> bool:
    return public == b64encode(der).decode()


WRONG = {
    "gone": "cannot be read: No such file",
    "a folder": "cannot be read: Is a directory",
    "empty": "holds no private key in PEM",
    "words": "holds no private key in PEM",
    "the public half": "It holds the public half",
    "with a password": "protected by a password",
    "of another kind": "neither RSA nor Ed25519",
    "cut off": "neither RSA nor Ed25519, or it is damaged",
    "of two keys": "neither RSA nor Ed25519, or it is damaged",
    "too small": "has 512 bits, and receivers take none below 1024",
}


def spoil(path: Path, how: str) -> None:
    """Leave a file at the path that cannot be signed with."""
    new_key(path)
    good = path.read_bytes()
    match how:
        case "gone":
            path.unlink()
        case "a folder":
            path.unlink()
            path.mkdir()
        case "empty" | "words":
            path.write_text("" if how == "empty" else "correct horse battery staple")
        case "the public half":
            path.write_bytes(openssl("pkey", "-in", path, "-pubout"))
        case "with a password":
            path.write_bytes(openssl("pkey", "-in", path, "-aes128", "-passout", "pass:secret"))
        case "of another kind":
            path.write_bytes(openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))
        case "cut off":
            lines = good.splitlines(keepends=True)
            path.write_bytes(b"".join(lines[:10] + lines[-1:]))
        case "of two keys":
            path.write_bytes(mixed(good, path))
        case "too small":
            path.write_bytes(openssl("genrsa", "512"))


def mixed(good: bytes, path: Path) -> bytes:
    der = bytearray(openssl("rsa", "-in", path, "-traditional", "-outform", "DER"))
    der[700] ^= 1
    path.write_bytes(der)
    return b"-----BEGIN RSA PRIVATE KEY-----\n" + encodebytes(der) + b"-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize("how", WRONG)
def test_what_cannot_be_signed_with_is_said_at_the_start(path: Path, settings: Any, how: str) -> None:
    assert "challenge.E010" not in {found.id for found in run_checks()}
    spoil(path, how)
    settings.DKIM_KEY_FILE = str(path)

    with pytest.raises(UnusableKeyError, match=WRONG[how]):
        read_key(path)
    [error] = [found for found in run_checks() if found.id == "challenge.E010"]
    assert WRONG[how] in error.msg
    assert "manage.py make_dkim_key" in str(error.hint)


def test_a_short_key_and_a_selector_that_is_no_name_are_said(path: Path, settings: Any) -> None:
    path.write_bytes(openssl("genrsa", "1024"))
    settings.DKIM_KEY_FILE, settings.DKIM_SELECTOR = str(path), "my key"
    assert {"challenge.W010", "challenge.E011"} <= {found.id for found in run_checks()}

    path.unlink()
    new_key(path)
    settings.DKIM_SELECTOR = "s1.eu"
    assert not {"challenge.W010", "challenge.E011"} & {found.id for found in run_checks()}
