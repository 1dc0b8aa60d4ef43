"""Redis, where Celery's messages wait: how it is spoken to, and a client for other uses of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from kombu import Connection

# A web request that nudges a worker gives up within a second, also on a Redis that accepts and
# says nothing: beat's next message finds the row. Acknowledgements stay in the worker, as a
# lost message costs nothing, while one in Redis that timed out would stop the worker for good.
# A connection that went silent (Celery issues 8030, 8384, 10205) is dropped and made anew when an
# answer is `health_check_interval` late (kombu 5.7); worker/broker_watchdog.py notices what is left.
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
    """A client (redis-py) of the Redis at REDIS_URL, whose form is kombu's, under the time limits above."""
    with Connection(settings.REDIS_URL, transport_options=TRANSPORT_OPTIONS) as connection:
        channel: Any = connection.default_channel
        yield channel.client
