"""One fault in a process of its own: python -m tests.faults.one NAME SCALE FOLDER RESULT

The database of DATABASE_URL has the course and no runners. What came of it is written to RESULT, JSON.
"""

import json
import os
import signal
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from tests.faults.catalogue import FAULTS
from tests.faults.outcome import Scale


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    name, scale, folder, result = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "challenge.settings")
    import django

    django.setup()
    outcome = import_module(FAULTS[name]).run(Scale(scale), Path(folder))
    Path(result).write_text(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main()
