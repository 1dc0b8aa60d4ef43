"""The environment of the processes of `bin/dev`, chosen once before they start."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from challenge.runtime import redis
from challenge.runtime.keys import SECRET_KEY_FILE, site_keys

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# A .env file is often that of the real site; these two lines would make bin/dev act as that site.
IGNORED_IN_FILE = ("DEBUG", "SITE_URL")
MAX_PORT = 65535


class StartError(Exception):
    """bin/dev cannot start; str() says why and what to do, for a person to read."""


@dataclass(frozen=True)
class DevSetup:
    """The processes to start, and their environment. `redis_socket` and `inbox_port` are None if the
    environment names another Redis or mail server."""

    port: int
    var: Path
    environ: dict[str, str]
    redis_socket: Path | None
    inbox_port: int | None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def run(self) -> Path:
        """The directory (mode 0700) of files that are only needed while bin/dev runs."""
        return self.var / "run"


def choose_setup(environ: Mapping[str, str], env_file: Path = BASE_DIR / ".env") -> DevSetup:
    """Choose ports, sockets and folders. The environment goes first, then the .env file, then the defaults
    here. Raises StartError for an invalid PORT."""
    from_file = {
        name: text for name, text in dotenv_values(env_file).items() if text and name not in IGNORED_IN_FILE
    }
    given = {**from_file, **environ}
    port = _port(given.get("PORT", "8000"))
    var = Path(given.get("VAR_DIR") or BASE_DIR / "var").resolve()
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    redis_socket = None if given.get("REDIS_URL") else redis.socket_path(var / "run")
    inbox_port = None if given.get("EMAIL_URL") else free_port()
    chosen = {
        "DEBUG": "1",
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        **_site_keys(var, given),
        "VAR_DIR": str(var),
        "DJANGO_SETTINGS_MODULE": "challenge.settings",
        "PYTHONUNBUFFERED": "1",
    }
    if redis_socket:
        chosen["REDIS_URL"] = redis.url(redis_socket)
    if inbox_port:
        chosen["EMAIL_URL"] = f"smtp://127.0.0.1:{inbox_port}"
        chosen["INBOX_DIR"] = str(var / "inbox")
    combined = {**chosen, **{name: text for name, text in given.items() if text or name not in chosen}}
    return DevSetup(port, var, combined, redis_socket, inbox_port)


def _site_keys(var: Path, given: Mapping[str, str]) -> dict[str, str]:
    is_new = not any((var / name).exists() for name in (SECRET_KEY_FILE, "runner-reset.sqlite3"))
    return site_keys(var, given, is_new=is_new)


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= MAX_PORT):
        raise StartError(f"PORT is {text!r}, but it has to be a number from 1 to {MAX_PORT}.")
    return int(text)


def free_port() -> int:
    """Return a loopback port on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether somebody listens on a port of this machine."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def require_free(port: int) -> None:
    """Raise StartError, with a free port as a suggestion, when the web could not listen on `port`."""
    # A browser may resolve "localhost" to ::1 first, where another program could answer.
    taken = accepts(port) or accepts(port, "::1")
    if not taken:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError as error:
                raise StartError(
                    f"Port {port} may not be used by you. Choose one above 1023: PORT=8000 bin/dev"
                ) from error
            except OSError:
                taken = True
    if taken:
        raise StartError(
            f"Port {port} is taken by another program. Stop that one, or choose another port: "
            f"PORT={port + 1 if port < MAX_PORT else 8000} bin/dev"
        )
