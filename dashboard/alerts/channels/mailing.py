"""Sessions with an SMTP server that end in time, however slowly it talks."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from typing import Any, Self

from dashboard.alerts.channels.reach import shut


class Session(smtplib.SMTP):
    """A session that is cut off after so many seconds.

    Args:
        host: the name its certificate must have; `connect` is given the address.
        seconds: for all of it.
    """

    def __init__(self, host: str, seconds: float, **more: Any) -> None:
        self._timer: threading.Timer | None = None
        self._twin: socket.socket | None = None
        super().__init__(timeout=seconds, local_hostname="[127.0.0.1]", **more)  # no look-up of an own name
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection((host, port), timeout)
        self._twin = made.dup()
        self._timer = threading.Timer(timeout, shut, (self._twin,))
        self._timer.daemon = True
        self._timer.start()
        return made

    def close(self) -> None:
        """Close it, and keep nothing running."""
        super().close()
        if self._timer and self._twin:
            self._timer.cancel()
            self._twin.close()
            self._timer = self._twin = None

    def __enter__(self) -> Self:
        return self


class SecureSession(smtplib.SMTP_SSL, Session):
    """The same with TLS from the beginning."""

    def __init__(self, host: str, seconds: float) -> None:
        self._timer = self._twin = None
        smtplib.SMTP_SSL.__init__(
            self, timeout=seconds, local_hostname="[127.0.0.1]", context=ssl.create_default_context()
        )
        self._host = host
