"""The mail server that everything is sent to: Debian's smtp-sink, or the sink of our own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from tests.support import ROOT, free_port

PLACES = ("/usr/sbin", "/usr/libexec/postfix", "/usr/lib/postfix/sbin")


def tool(name: str) -> str | None:
    """Return the path of one of postfix's test programs, if it is installed."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(PLACES))


def name() -> str:
    """Name the sink that measures of speed run against."""
    return (
        "postfix's smtp-sink"
        if tool("smtp-sink")
        else "tests.support.fast_sink (postfix's smtp-sink is not installed)"
    )


@contextmanager
def fastest() -> Iterator[int]:
    """Run the sink for measures of speed; yield its port."""
    program, port = tool("smtp-sink"), free_port()
    if program is None:
        with our_own() as port:
            yield port
        return
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with _running([program, *user, f"127.0.0.1:{port}", "1000"], port):
        yield port


@contextmanager
def our_own(log: Path | None = None, delay: float = 0) -> Iterator[int]:
    """Run the sink of our own, which can write each arrival down and answer late; yield its port."""
    port = free_port()
    options = ["--delay", str(delay), *(["--log", str(log)] if log else [])]
    with _running([sys.executable, "-m", "tests.support.fast_sink", str(port), *options], port):
        yield port


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = monotonic() + 20
        while not _answers(port):
            if process.poll() is not None or monotonic() > deadline:
                raise RuntimeError(f"no mail server: {command!r}")
            sleep(0.02)
        yield
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False
