"""The peers' own environment, var/bench-venv: what bench/peers.txt locks, and nothing of ours."""

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT

FOLDER = ROOT / "var" / "bench-venv"
LOCK = ROOT / "bench" / "peers.txt"


def python() -> Path | None:
    """The environment's Python, if it holds what the lock says."""
    stamp = FOLDER / "peers.sha256"
    if stamp.exists() and stamp.read_text() == _sum():
        return FOLDER / "bin" / "python"
    return None


def install() -> Path:
    """Make the environment, or renew it when the lock has changed."""
    if (ready := python()) is not None:
        return ready
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True)
    pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
    (FOLDER / "peers.sha256").write_text(_sum())
    return FOLDER / "bin" / "python"


def _sum() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()
