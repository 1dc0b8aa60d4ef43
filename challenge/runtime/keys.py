"""Secrets that are made at random once and stored in a file that only its owner may read."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

# Without letters and digits that look alike on a screen.
UNMISTAKABLE = "abcdefghijkmnpqrstuvwxyz23456789"
SECRET_KEY_FILE, ADDRESS_HASH_KEY_FILE = "secret-key", "address-hash-key"


def random_key() -> str:
    """Return a key that nobody types: 64 characters, 384 bits."""
    return secrets.token_urlsafe(48)


def random_password() -> str:
    """Return a password that a person types: 16 characters in fours, 80 bits."""
    return "-".join("".join(secrets.choice(UNMISTAKABLE) for _ in range(4)) for _ in range(4))


def site_keys(directory: Path, given: Mapping[str, str], *, is_new: bool) -> dict[str, str]:
    """Return the settings SECRET_KEY and ADDRESS_HASH_KEY: as given, as stored, or made now.

    An installation that is not new and has no ADDRESS_HASH_KEY has hashed with its SECRET_KEY; that text is
    stored under the new name, so that another SECRET_KEY forgets no suppressed address.
    """
    secret, hash_key = given.get("SECRET_KEY", ""), given.get("ADDRESS_HASH_KEY", "")
    secret_file, hash_file = directory / SECRET_KEY_FILE, directory / ADDRESS_HASH_KEY_FILE
    if is_new and not hash_key:
        # First, because the other file tells that the installation is not new.
        hash_key = read_or_create(hash_file, random_key)
    secret = secret or read_or_create(secret_file, random_key)
    return {"SECRET_KEY": secret, "ADDRESS_HASH_KEY": hash_key or read_or_create(hash_file, lambda: secret)}


def read_or_create(path: Path, make: Callable[[], str]) -> str:
    """Return the text of a file (mode 0600); the first time, make and write it."""
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        text = ""
    return text or _write(path, make())


def _write(path: Path, text: str) -> str:
    # A crash must not leave a file with half a key in it.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{text}\n")
    aside.replace(path)
    return text
