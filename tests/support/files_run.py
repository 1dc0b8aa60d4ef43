"""The files of challenge/ that a call runs, and the lists in docs/architecture.md to compare them with."""

import inspect
import re
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from tests.support import ROOT

HOUSE = f"{ROOT / 'challenge'}/"
# Everything uses these; no list names them.
FOUNDATIONS = ("models/", "schedule.py", "settings.py", "urls.py", "monitoring/logs.py")


def files_run(call: Callable[[], object]) -> set[str]:
    """Return the files under challenge/ of which `call` ran a function, in its own thread or in those that it
    starts. Functions that run only while a module is imported do not count."""
    ran: set[str] = set()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(HOUSE) or code.co_filename in ran:
            return
        # Bodies of modules and classes lack the flag CO_OPTIMIZED.
        if code.co_flags & inspect.CO_OPTIMIZED and not _is_importing(frame):
            ran.add(code.co_filename)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return {path.removeprefix(HOUSE) for path in ran}


def _is_importing(frame: FrameType | None) -> bool:
    while frame and frame.f_code is not files_run.__code__:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def above_foundations(files: set[str]) -> set[str]:
    return {file for file in files if not file.startswith(FOUNDATIONS)}


def files_listed(question: str) -> list[str]:
    """Return the files that docs/architecture.md lists, one an item, under the heading of a question."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    [section] = re.findall(rf"^### {re.escape(question)}\n(.*?)(?=^#|\Z)", text, re.DOTALL | re.MULTILINE)
    return re.findall(r"^\d+\. `([^`]+)`", section, re.MULTILINE)
