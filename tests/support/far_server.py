"""A server that is far away: a proxy that hands on every byte so much later, in both directions.

    python -m tests.support.far_server PORT PATH SECONDS

listens on a port of this machine for the server behind a Unix socket."""

import socket
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from time import monotonic, sleep

CHUNK = 1 << 16


def hand_on(source: socket.socket, target: socket.socket, seconds: float) -> None:
    """Read in this thread and write in another, so that bytes on their way hold none back that follow."""
    way: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
    threading.Thread(target=_arrive, args=(way, target), daemon=True).start()
    while data := _read(source):
        way.put((monotonic() + seconds, data))
    way.put((monotonic() + seconds, b""))


def _read(source: socket.socket) -> bytes:
    try:
        return source.recv(CHUNK)
    except OSError:
        return b""


def _arrive(way: "SimpleQueue[tuple[float, bytes]]", target: socket.socket) -> None:
    with suppress(OSError):
        while True:
            at, data = way.get()
            sleep(max(0.0, at - monotonic()))
            if not data:
                target.shutdown(socket.SHUT_WR)
                return
            target.sendall(data)


def main() -> None:
    port, path, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    with socket.create_server(("127.0.0.1", port), backlog=100) as listener:
        print("listening", flush=True)
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = socket.socket(socket.AF_UNIX)
            server.connect(path)
            for ends in ((client, server), (server, client)):
                threading.Thread(target=hand_on, args=(*ends, seconds), daemon=True).start()


if __name__ == "__main__":
    main()
