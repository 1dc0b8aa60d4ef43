"""A worker of ours that is looked at a thousand times a second: which part is it in?

python -m bench.sampled FILE, which gets the counts as JSON. A sample belongs to the innermost frame of
a file that PARTS knows, so that a library's time is that of who called it. Waiting counts as time.
"""

import json
import sys
import threading
from collections import Counter
from pathlib import Path
from time import sleep
from types import FrameType

from django.core.management import call_command

from bench.processes import await_start, done
from bench.senders import get_ready

STEP_SECONDS = 0.001
WAITS = "hand over: wait for the server's answer"
PARTS = {
    "claim.py": "claim a batch, load its rows",
    "standing.py": "ask whether each may leave",
    "outlook.py": "ask whether each may leave",
    "revisions.py": "which version",
    "greeting.py": "which greeting",
    "compose.py": "compose",
    "stencil.py": "compose",
    "values.py": "compose",
    "slots.py": "compose",
    "links.py": "compose: sign the links",
    "capabilities.py": "compose: sign the links",
    "sign.py": "sign with DKIM",
    "verp.py": "return path",
    "transport.py": "hand over",
    "conversation.py": "hand over",
    "smtplib.py": "hand over",
    "results.py": "record",
    "pipeline.py": "record",
    "outcome.py": "record",
    "sender.py": "limits",
    "refusals.py": "limits",
    "lanes.py": "limits",
    "pace.py": "limits",
    "guard.py": "look for an old backup",
    "grants.py": "limits",
    "send.py": "the loop itself",
    "crew.py": "the loop itself",
}
# Functions that do nothing but wait for the mail server.
WAITING = {"readinto", "reply", "_line", "getreply"}


def part_of(frame: FrameType | None) -> tuple[str, str] | None:
    """The part that a stack is in and the product's innermost function; None when it is in none."""
    while frame is not None:
        code = frame.f_code
        name = Path(code.co_filename).name
        if name in PARTS and ("/challenge/" in code.co_filename or "/accounts/" in code.co_filename):
            waits = PARTS[name] == "hand over" and code.co_name in WAITING
            return WAITS if waits else PARTS[name], f"{name.removesuffix('.py')}.{code.co_name}"
        if name == "__init__.py" and "/logging/" in code.co_filename:
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
