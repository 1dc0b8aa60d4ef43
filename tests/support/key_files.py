"""Keys to sign with, in files: an RSA key wants the program openssl, and takes a while."""

import atexit
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from challenge.mail.dkim_key import Key, make_key
from tests.gallery.reporting import skip_without_tool


def openssl(*arguments: str | Path) -> bytes:
    """What the program writes."""
    command = shutil.which("openssl") or skip_without_tool("openssl is not installed")
    ran = subprocess.run([command, *map(str, arguments)], capture_output=True, check=True)
    return ran.stdout


def new_key(path: Path, *, ed25519: bool = False) -> Key:
    """A key in a file, as `manage.py make_dkim_key` makes it."""
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
