"""Redis as Celery's broker: the options of the connection, and a client for other uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from kombu import Connection

# A web request that nudges a worker gives up within a second, even if Redis accepts the connection and never
# answers: beat's next message finds the row. Only the worker acknowledges messages: a lost message does no
# harm, but an acknowledgement that timed out in Redis would stop the worker for good. A silent connection
# (Celery issues 8030, 8384, 10205) is closed and opened again when an answer is `health_check_interval` late
# (kombu 5.7); worker/broker_watchdog.py notices all other cases.
TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "max_retries": 0,
    "ack_emulation": False,
}


@contextmanager
def redis_client() -> Iterator[Any]:
    """Yield a redis-py client for REDIS_URL (in kombu's form), under the time limits above."""
    with Connection(settings.REDIS_URL, transport_options=TRANSPORT_OPTIONS) as connection:
        channel: Any = connection.default_channel
        yield channel.client
