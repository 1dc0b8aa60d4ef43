"""Secrets that are made at random once and kept in a file only their owner may read."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

# No letters or digits that are mistaken for one another when typed from a screen.
PLAIN = "abcdefghijkmnpqrstuvwxyz23456789"


def random_key() -> str:
    """A key nobody types: 64 characters, about 380 bits."""
    return secrets.token_urlsafe(48)


def random_password() -> str:
    """A password somebody types: 16 characters in fours, 80 bits."""
    return "-".join("".join(secrets.choice(PLAIN) for _ in range(4)) for _ in range(4))


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text of a file (mode 0600), written the first time that it is asked for."""
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        text = ""
    return text or _keep(path, make())


def _keep(path: Path, text: str) -> str:
    # Written aside and moved, so that a crash leaves no file with half a key in it.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{text}\n")
    aside.replace(path)
    return text
