"""The entry point of the container image: `python -m challenge.runtime.container COMMAND ...`.

It completes the environment and executes the command. With `keys` as the command, it makes the secrets of
docker-compose.yml, once, in KEYS_DIR.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from challenge.runtime.keys import SECRET_KEY_FILE, random_key, read_or_create, site_keys

DATABASE_USER = "runner_reset"
INBOX_URL = "smtp://inbox:8025"


def make_keys(directory: Path, environ: Mapping[str, str]) -> None:
    """Make the missing secrets: the site's keys, and the database's password for the server and again (as a
    libpq password file) for its clients."""
    _site_keys(directory, environ)
    read_or_create(directory / SECRET_KEY_FILE, random_key)
    password = read_or_create(directory / "database-password", random_key)
    read_or_create(directory / "pgpass", lambda: f"*:*:*:{DATABASE_USER}:{password}")


def complete_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Add the stored keys where none are given. Send mail to the inbox if EMAIL_URL is empty; if it is set,
    remove INBOX_DIR, so that the inbox's pages do not exist."""
    variables = dict(environ) | _site_keys(Path(environ["KEYS_DIR"]), environ)
    if variables.get("EMAIL_URL"):
        variables.pop("INBOX_DIR", None)
    elif variables.get("INBOX_DIR"):
        variables["EMAIL_URL"] = INBOX_URL
    return {name: text for name, text in variables.items() if text}


def _site_keys(directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
    return site_keys(directory, environ, is_new=not (directory / SECRET_KEY_FILE).exists())


def main(arguments: list[str]) -> None:
    if arguments == ["keys"]:
        make_keys(Path(os.environ["KEYS_DIR"]), os.environ)
    else:
        os.execvpe(arguments[0], arguments, complete_environment(os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
