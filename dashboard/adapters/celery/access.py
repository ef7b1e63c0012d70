"""The servers of an application: its broker and its result backend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.adapters.celery.names import Names, raw
from dashboard.adapters.mirrored.captured import Captured
from dashboard.adapters.server import Server, script_source
from queue_core.connection import Client, connect

PACKAGE = "dashboard.adapters.celery"

_ADDRESS = ("host", "port", "path")


class Access(Server):
    """Lazily connecting clients; `client` and `broker` are the same.

    Args:
        source: the source's name, for messages.
        url: of the broker.
        options: an adapter's: `timeout` (seconds), `namespace`, and the kind's own `options`; of these `backend` is
            the result backend's address, else it is the broker's.
    """

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        own = options.get("options") or {}
        timeout = options.get("timeout", 3.0)
        super().__init__(source, url, timeout, PACKAGE)
        self.broker: Client = self.client
        backend = str(own.get("backend") or "")
        self.backend: Client = connect(backend, timeout=timeout, client_name="redrive") if backend else self.broker
        self.captured = Captured(self.broker, "celery")
        self.databases = _database(self.broker), _database(self.backend)
        self.one_server = _address(self.broker) == _address(self.backend)
        self.names = Names.of(options.get("namespace", ""), self.databases[0], own)

    def ask(self, client: Client, name: str, keys: Sequence[bytes | str], argv: Sequence[Any] = ()) -> Any:
        """What a script replies."""
        with self.errors():
            return client.register_script(script_source(PACKAGE, name))(keys=_sent(keys), args=_sent(argv))

    def ask_each(
        self, client: Client, name: str, calls: Sequence[tuple[Sequence[bytes | str], Sequence[Any]]]
    ) -> list[Any]:
        """The replies of one script called several times, in one round trip; the first error is raised at the end."""
        if not calls:
            return []
        known = client.register_script(script_source(PACKAGE, name))
        with self.errors():
            pipeline = client.pipeline(transaction=False)
            for keys, argv in calls:
                known(keys=_sent(keys), args=_sent(argv), client=pipeline)
            replies: list[Any] = pipeline.execute(raise_on_error=False)
            for reply in replies:
                if isinstance(reply, Exception):
                    raise reply
        return replies

    def ping(self) -> None:
        """Return when both servers answer."""
        with self.errors():
            self.broker.ping()
            if self.backend is not self.broker:
                self.backend.ping()


def _sent(values: Sequence[Any]) -> list[Any]:
    """Names of any characters as they lie in Redis, all else as it is."""
    return [raw(each) if isinstance(each, str) else each for each in values]


def _database(client: Client) -> int:
    return int(client.connection_pool.connection_kwargs.get("db") or 0)


def _address(client: Client) -> tuple[Any, ...]:
    known = client.connection_pool.connection_kwargs
    return tuple(known.get(part) for part in _ADDRESS)
