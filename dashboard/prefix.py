"""Serving under a path such as `/redrive`, whether or not the proxy in front takes the path off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


class Prefixed:
    """Wraps a WSGI application so that its own addresses carry the prefix.

    Args:
        application: what is wrapped.
        prefix: empty, or a path that starts with a slash and ends without one.
    """

    def __init__(self, application: Application, prefix: str) -> None:
        self._application = application
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if self._prefix:
            environ["SCRIPT_NAME"] = self._prefix
            if path == self._prefix or path.startswith(self._prefix + "/"):
                environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._application(environ, start_response)
