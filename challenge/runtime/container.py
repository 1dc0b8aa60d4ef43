"""The entry point of the container image: `python -m challenge.runtime.container COMMAND ...`.

It gives the command what nobody has to configure, and becomes it. `keys` instead of a command makes
the secrets of docker-compose.yml, once, in KEYS_DIR.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from challenge.runtime.keys import kept, random_key

DATABASE_USER = "runner_reset"
INBOX_URL = "smtp://inbox:8025"


def make_keys(directory: Path) -> None:
    """Make the secrets that are not there yet: the site's key, and the database's password twice, for
    the server and (as a libpq password file) for its clients."""
    kept(directory / "secret-key", random_key)
    password = kept(directory / "database-password", random_key)
    kept(directory / "pgpass", lambda: f"*:*:*:{DATABASE_USER}:{password}")


def settle(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, with a kept SECRET_KEY where none is given, and with mail to the inbox where
    EMAIL_URL is empty. Where mail goes out for real, the inbox's pages are taken away."""
    told = dict(environ)
    if not told.get("SECRET_KEY"):
        told["SECRET_KEY"] = kept(Path(told["KEYS_DIR"]) / "secret-key", random_key)
    if told.get("EMAIL_URL"):
        told.pop("INBOX_DIR", None)
    elif told.get("INBOX_DIR"):
        told["EMAIL_URL"] = INBOX_URL
    return {name: text for name, text in told.items() if text}


def main(arguments: list[str]) -> None:
    """Make the keys, or become the command that the arguments are."""
    if arguments == ["keys"]:
        make_keys(Path(os.environ["KEYS_DIR"]))
    else:
        os.execvpe(arguments[0], arguments, settle(os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
