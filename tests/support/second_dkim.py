"""Two programs that check DKIM signatures: dkimpy, which made them, and Perl's Mail::DKIM."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import dkim

from tests.gallery.reporting import skip_without_tool

SCRIPT = Path(__file__).with_name("verify_dkim.pl")
PERL = ["perl", "-MMail::DKIM::Verifier", "-e", "1"]


def by_mail_dkim(messages: list[bytes], port: int, folder: Path) -> list[str]:
    """What Mail::DKIM says of each: "pass", "fail (body has been altered)", ... The name server with
    the key is at a loopback port."""
    if not shutil.which("perl") or subprocess.run(PERL, capture_output=True, check=False).returncode:
        skip_without_tool("Mail::DKIM is not installed (libmail-dkim-perl)")
    paths = [folder / f"{number}.eml" for number in range(len(messages))]
    for path, message in zip(paths, messages, strict=True):
        path.write_bytes(message)
    command = ["perl", str(SCRIPT), str(port), *map(str, paths)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return ran.stdout.splitlines()


def by_dkimpy(message: bytes, look_up: Callable[[str], str]) -> bool:
    return bool(
        dkim.verify(message, dnsfunc=lambda name, timeout: look_up(name.decode().rstrip(".")).encode())
    )
