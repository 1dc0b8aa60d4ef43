"""One Celery task for each mail: the tasks wait in Redis before the word, and so does a worker of two
processes, which is told of their queue then.

python -m bench.peers.each LETTER
"""

import os
import subprocess
import sys
from time import monotonic, sleep
from typing import Any

import django

from bench.processes import await_start, done

COMMAND = ("celery", "--app", "bench.peers.tasks", "worker", "--concurrency", "2", "--queues", "idle")
QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat", "--loglevel", "ERROR")
NODE = "peer@bench"


def main() -> None:
    os.environ["PEER_LETTER"] = sys.argv[1]
    django.setup()
    from bench.peers.models import Mail
    from bench.peers.tasks import app, send

    for mail_id in Mail.objects.order_by("id").values_list("id", flat=True):
        send.delay(mail_id)
    worker = subprocess.Popen([sys.executable, "-m", *COMMAND, *QUIET, "--hostname", NODE])
    try:
        _await(lambda: app.control.ping(destination=[NODE], timeout=0.5), 60)
        await_start()
        app.control.add_consumer("mails", destination=[NODE], reply=True)
        with app.connection_for_read() as broker:
            queue = broker.default_channel.client
            _await(lambda: not queue.llen("mails") and not Mail.objects.filter(sent_at=None).exists(), 600)
        done()
    finally:
        worker.terminate()
        worker.wait()


def _await(condition: Any, seconds: float) -> None:
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            sys.exit("the worker hangs")
        sleep(0.02)


if __name__ == "__main__":
    main()
