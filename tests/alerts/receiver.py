"""A real HTTP server that takes webhooks, and can be told to refuse them."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests, 32 bytes!").decode()


@dataclass
class Received:
    """One request: its headers and body as they came, and what was answered."""

    headers: dict[str, str]
    body: bytes
    path: str = ""
    status: int = 0

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def verified(self) -> Any:
        """The body, after the reference library accepted its signature."""
        return Webhook(SECRET).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers with the next of `answers` (status, headers, perhaps a body), then always with 204."""

    answers: list[tuple[int, dict[str, str]] | tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status, headers, *said = receiver.answers.pop(0) if receiver.answers else (204, {})
                came = {k.lower(): v for k, v in self.headers.items()}
                receiver.requests.append(Received(came, body, self.path, status))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(sum(map(len, said))))
                self.end_headers()
                self.wfile.write(b"".join(said))

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def settings(self, name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "kind": "webhook", "url": self.url, "secret": SECRET} | more
