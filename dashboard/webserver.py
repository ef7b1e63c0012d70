"""The dashboard under gunicorn."""

from __future__ import annotations

import gc
from collections.abc import Callable
from threading import Thread
from typing import Any

from gunicorn.app.base import BaseApplication

from dashboard.events.streams import Streams, most_streams
from dashboard.logs import to_stderr
from dashboard.settings import Settings


class WebServer(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """gunicorn with our settings; the application is made in each worker, after the fork.

    Args:
        settings: where to listen and what to show.
        threads: requests each worker serves at once.
        workers: number of processes.
        ready: called once, when the first worker has made the application.
    """

    def __init__(
        self, settings: Settings, *, threads: int = 64, workers: int = 1, ready: Callable[[], Any] | None = None
    ) -> None:
        self.settings = settings
        self.ready = ready
        self.options = {
            "bind": f"{_bracketed(settings.host)}:{settings.port}",
            "worker_class": "gthread",
            "threads": threads,
            "workers": workers,
            "timeout": 60,
            "graceful_timeout": 5,
            "keepalive": 15,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self.made,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn; its own command line and files are not read."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application."""
        from dashboard import assets  # noqa: PLC0415 - in the worker, after the fork
        from dashboard.app import create_app  # noqa: PLC0415 - the same

        to_stderr()
        Thread(target=assets.files().warm, name="compress static files", daemon=True).start()
        return create_app(self.settings)

    def made(self, worker: Any) -> None:
        """The worker has the application: streams of events leave it threads, and end when it is to stop."""
        streams: Streams = worker.wsgi.extensions["streams"]
        streams.most = most_streams(worker.cfg.threads)
        streams.stopping = lambda: not worker.alive
        gc.collect()
        gc.freeze()  # what the application is made of need not be looked through at each collection
        if self.ready and worker.age == 1:
            self.ready()


def serve(settings: Settings, threads: int, workers: int, say: Callable[[str], Any]) -> None:
    """Run gunicorn until it is told to stop; `say` gets the address once it answers."""
    WebServer(settings, threads=threads, workers=workers, ready=lambda: say(address(settings))).run()


def address(settings: Settings) -> str:
    """The dashboard's address as a browser on this machine opens it."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else _bracketed(settings.host)
    return f"http://{host}:{settings.port}{settings.prefix}/"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
