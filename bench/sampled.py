"""A worker of ours that is looked at a thousand times a second, to see which part it is in.

python -m bench.sampled FILE, which gets the counts as JSON. A sample belongs to the innermost frame of
a file that PARTS knows, so that a library's time is that of who called it. Waiting counts as time.
"""

import json
import sys
import threading
from collections import Counter
from functools import cache
from pathlib import Path
from time import sleep
from types import FrameType

from django.core.management import call_command

from bench.processes import await_start, done
from bench.senders import get_ready
from tests.support import ROOT

STEP_SECONDS = 0.001
WAITS = "hand over: wait for the server's answer"
PARTS = {
    "accounts/capabilities.py": "compose: sign the links",
    "challenge/curriculum/slots.py": "compose",
    "challenge/delivery/": "the loop itself",
    "challenge/delivery/claim.py": "claim a batch, load its rows",
    "challenge/delivery/eligibility.py": "ask whether each may leave",
    "challenge/delivery/recording.py": "record",
    "challenge/delivery/restore_guard/": "look for an old backup",
    "challenge/delivery/results.py": "record",
    "challenge/delivery/smtp/": "hand over",
    "challenge/delivery/throttle/": "limits",
    "challenge/mail/": "compose",
    "challenge/mail/dkim": "sign with DKIM",
    "challenge/mail/links.py": "compose: sign the links",
    "challenge/mail/return_path.py": "return path",
}
# Functions that do nothing but wait for the mail server.
WAITING = {"readinto", "reply", "_line", "getreply"}


@cache
def part_of_file(path: str) -> str:
    """Return the part of the longest beginning that PARTS knows; empty when there is none."""
    name = path.removeprefix(f"{ROOT}/")
    return PARTS[max(known)] if (known := [begin for begin in PARTS if name.startswith(begin)]) else ""


def part_of(frame: FrameType | None) -> tuple[str, str] | None:
    """Return the part that a stack is in and the product's innermost function; None when it is in none."""
    while frame is not None:
        code = frame.f_code
        if part := part_of_file(code.co_filename):
            waits = part == "hand over" and code.co_name in WAITING
            return WAITS if waits else part, f"{Path(code.co_filename).stem}.{code.co_name}"
        if code.co_filename.endswith("/logging/__init__.py"):
            return "log", "logging"
        frame = frame.f_back
    return None


class Sampler(threading.Thread):
    """Looks at every other thread until it is told to end."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.parts: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()
        self._over = threading.Event()

    def run(self) -> None:
        ourselves = threading.get_ident()
        while not self._over.is_set():
            sleep(STEP_SECONDS)
            for thread, frame in sys._current_frames().items():
                if thread != ourselves and (found := part_of(frame)):
                    self.parts[found[0]] += 1
                    self.functions[found[1]] += 1

    def end(self) -> None:
        self._over.set()
        self.join()


def main() -> None:
    get_ready()
    sys.setswitchinterval(0.0002)  # a sample must not wait for the worker's next pause
    sampler = Sampler()
    await_start()
    sampler.start()
    call_command("send_due")
    sampler.end()
    Path(sys.argv[1]).write_text(json.dumps({"parts": sampler.parts, "functions": sampler.functions}))
    done()


if __name__ == "__main__":
    main()
