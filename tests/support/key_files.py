"""Keys and certificates in files: RSA keys and certificates take the program openssl."""

import atexit
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from challenge.mail.dkim_key import Key, make_key
from tests.gallery.reporting import skip_without_tool


def openssl(*arguments: str | Path) -> bytes:
    command = shutil.which("openssl") or skip_without_tool("openssl is not installed")
    ran = subprocess.run([command, *map(str, arguments)], capture_output=True, check=True)
    return ran.stdout


def new_key(path: Path, *, ed25519: bool = False) -> Key:
    """Make a key in a file by `manage.py make_dkim_key`."""
    if not (ed25519 or shutil.which("openssl")):
        skip_without_tool("openssl is not installed")
    return make_key(path, ed25519=ed25519)


@cache
def rsa_key() -> Path:
    """The file of one key for the whole process."""
    folder = mkdtemp(prefix="dkim-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder, "dkim.pem")
    new_key(path)
    return path


def self_signed(folder: Path, name: str = "IP:127.0.0.1") -> Path:
    """Make a self-signed certificate and its key for a name (as X.509 writes it), in one PEM file."""
    path = folder / "key-and-certificate.pem"
    command = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    certificate = openssl(*command, "-subj", "/CN=mail", "-addext", f"subjectAltName={name}", "-keyout", path)
    path.write_bytes(path.read_bytes() + certificate)
    return path
