"""A real HTTP server that keeps what is posted to it, with a given answer."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes


class WebHook:
    """Listens on a loopback port from the start. `answer` is a status; `silent` gives no answer at all."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answer, self.location, self.silent = 204, "", threading.Event()
        self._arrived, self._over = threading.Condition(), threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with hook._arrived:
                    hook.posted.append(
                        Posted(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                    )
                    hook._arrived.notify_all()
                if hook.silent.is_set():
                    hook._over.wait()
                    return
                self.send_response(hook.answer)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/alarms"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def wait_for(self, count: int, seconds: float) -> bool:
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.posted) >= count, seconds)

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
