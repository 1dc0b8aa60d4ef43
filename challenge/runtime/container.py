"""The entry point of the container image: `python -m challenge.runtime.container COMMAND ...`.

It completes the environment and executes the command. With `keys` as the command, it makes the secrets of
docker-compose.yml, once, in KEYS_DIR.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from challenge.runtime.keys import random_key, read_or_create

DATABASE_USER = "runner_reset"
INBOX_URL = "smtp://inbox:8025"


def make_keys(directory: Path) -> None:
    """Make the missing secrets: the site's key, and the database's password for the server and again (as a
    libpq password file) for its clients."""
    read_or_create(directory / "secret-key", random_key)
    password = read_or_create(directory / "database-password", random_key)
    read_or_create(directory / "pgpass", lambda: f"*:*:*:{DATABASE_USER}:{password}")


def complete_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Add the stored SECRET_KEY where none is given. Send mail to the inbox if EMAIL_URL is empty; if it is
    set, remove INBOX_DIR, so that the inbox's pages do not exist."""
    variables = dict(environ)
    if not variables.get("SECRET_KEY"):
        variables["SECRET_KEY"] = read_or_create(Path(variables["KEYS_DIR"]) / "secret-key", random_key)
    if variables.get("EMAIL_URL"):
        variables.pop("INBOX_DIR", None)
    elif variables.get("INBOX_DIR"):
        variables["EMAIL_URL"] = INBOX_URL
    return {name: text for name, text in variables.items() if text}


def main(arguments: list[str]) -> None:
    if arguments == ["keys"]:
        make_keys(Path(os.environ["KEYS_DIR"]))
    else:
        os.execvpe(arguments[0], arguments, complete_environment(os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
