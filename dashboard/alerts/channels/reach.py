"""How channels reach their receivers: targets of the file are trusted, those entered on a page must be public."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import requests
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress, get_ip_address
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from dashboard import __version__


class PrivateTarget(Exception):
    """The name leads to an address that is not public."""


class Reach:
    """Opens connections to receivers.

    Args:
        public_only: refuse addresses of private networks, of this machine and the like. They are looked at when the
            connection is made, which goes to the very address that was looked at: a name that leads elsewhere a
            moment later does not help.
        allow_loopback: this machine's own addresses are none of those refused.
    """

    def __init__(self, *, public_only: bool = False, allow_loopback: bool = False) -> None:
        self.public_only = public_only
        self._allow_loopback = allow_loopback

    def session(self, seconds: float) -> requests.Session:
        """A session whose connections are cut after so many seconds, however slowly the receiver talks."""
        session = self._session(seconds)
        for adapter in session.adapters.values():
            adapter.poolmanager.pool_classes_by_scheme = _POOLS  # type: ignore[attr-defined]
        session.headers["user-agent"] = f"Redrive/{__version__}"
        return session

    def address(self, host: str, port: int) -> str:
        """Where to connect for a host. Raises PrivateTarget, or OSError when it has no address."""
        if not self.public_only:
            return host
        try:
            return str(get_ip_address(host, port, self._allow_loopback)[0])
        except InvalidIPAddress as error:
            raise PrivateTarget(host) from error

    def _session(self, seconds: float) -> requests.Session:
        if not self.public_only:
            return requests.Session()
        session: requests.Session = HTTPSession(Config(
            ip_filter_enable=True, ip_filter_allow_loopback_ips=self._allow_loopback, never_redirect=True,
            default_timeout=(seconds, seconds),
        ))  # fmt: skip
        session.trust_env = False  # a proxy would look the name up again
        return session


TRUSTED = Reach()
PUBLIC = Reach(public_only=True)


class _Cut:
    """A connection that is shut down when its time is over."""

    timeout: Any
    _timer: threading.Timer | None = None
    _twin: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        if isinstance(self.timeout, int | float):
            self._twin = made.dup()  # the first is given away to TLS
            self._timer = threading.Timer(self.timeout, shut, (self._twin,))
            self._timer.daemon = True
            self._timer.start()
        return made

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        if self._timer and self._twin:
            self._timer.cancel()
            self._twin.close()
            self._timer = self._twin = None


def shut(connection: socket.socket) -> None:
    """End a connection, whoever reads from it; twins of its socket are the same connection."""
    with contextlib.suppress(OSError):  # it was closed meanwhile
        connection.shutdown(socket.SHUT_RDWR)


class _Connection(_Cut, HTTPConnection):
    """One without TLS."""


class _SecureConnection(_Cut, HTTPSConnection):
    """One with TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}
