"""Python programs in processes that are forked from one that has read the libraries: they start in a third of
the time. Nothing of the product and no setting is read before the fork."""

import atexit
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from time import sleep

from tests.support import ROOT

LIBRARIES = (
    *("celery.bin.celery", "celery.apps.worker", "celery.apps.beat", "celery.concurrency.prefork"),
    *("celery.fixups.django", "celery.app.control", "celery.worker.consumer", "kombu.transport.redis"),
    *("django.core.management", "django.contrib.staticfiles", "django.db.models", "django.forms"),
    *("django.core.mail", "django.http", "django.template.loader", "django.urls", "django.test.client"),
    *("django.db.backends.sqlite3.base", "django.db.backends.postgresql.base", "psycopg.pq"),
    *("anymail.utils", "csp.constants", "dkim", "dns.resolver", "email_validator", "environs"),
    *("flufl.bounce", "imap_tools", "markdown_it", "requests", "smtplib", "whitenoise.middleware"),
    *("pytest", "tests.support.preloaded"),
)
_forking = get_context("forkserver")
_forking.set_forkserver_preload(list(LIBRARIES))


class Forked:
    """Such a process, in a group of its own; the same to use as a `subprocess.Popen`."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        log.write_bytes(b"")  # so that it is there to be read at once
        self._process = _forking.Process(target=run, args=(list(arguments), dict(environ), log), daemon=True)
        self._process.start()
        while self._process.is_alive() and os.getpgid(self.pid) != self.pid:
            sleep(0.002)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()


def run(arguments: list[str], environ: dict[str, str], log: Path) -> None:
    """Become what `python *arguments` would be."""
    os.setsid()
    with log.open("ab") as output:
        for descriptor in (1, 2):
            os.dup2(output.fileno(), descriptor)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    is_module = arguments[0] == "-m"
    sys.argv = arguments[is_module:]
    try:
        if is_module:
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        atexit._run_exitfuncs()
