"""Whether the other end of a connection has gone away, asked without reading from it or waiting."""

from __future__ import annotations

import socket


def gone(connection: socket.socket | None) -> bool:
    """Whether the client has closed its end; what cannot be told, as under a server that hides it, is no."""
    if connection is None:
        return False
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
