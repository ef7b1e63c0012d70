"""A source's Redis server: a lazily connecting client, its scripts, and errors as the adapter contract names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

import redis

from dashboard.adapters.records import Load
from dashboard.adapters.vocabulary import AdapterError, unavailable
from dashboard.language import N_
from queue_core.connection import Client, connect, mapped_errors
from queue_core.errors import QueueError, ServerFull, ServerUnavailable


@cache
def script_source(package: str, name: str) -> str:
    """Text of one script: `lua/<name>.lua` of a package."""
    return files(package).joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")


class Server:
    """One source's server.

    Args:
        source: the source's name, for messages.
        url: Redis URL.
        timeout: seconds for connecting and for each reply.
        package: whose folder `lua` holds the scripts.
    """

    def __init__(self, source: str, url: str, timeout: float = 3.0, package: str = "") -> None:
        self.source = source
        self.client: Client = connect(url, timeout=timeout, client_name="redrive")
        self._package = package
        self._scripts: dict[tuple[str, str], Any] = {}

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise what goes wrong inside as SourceUnavailable or AdapterError."""
        try:
            with mapped_errors():
                yield
        except ServerUnavailable as error:
            raise unavailable(self.source, error) from error
        except ServerFull as error:
            raise AdapterError(
                N_("source %(source)s: %(error)s; free memory or raise maxmemory, then try again"),
                source=self.source, error=error,
            ) from error  # fmt: skip
        except (redis.RedisError, QueueError) as error:
            raise AdapterError(f"source {self.source}: {error}") from error

    def ping(self) -> None:
        """Return when the server answers."""
        with self.errors():
            self.client.ping()

    def load(self) -> Load:
        """How full the server's memory is."""
        with self.errors():
            told: Any = self.client.info("memory")
        limit = int(told.get("maxmemory", 0)) or None
        return Load(int(told.get("used_memory", 0)), limit, str(told.get("maxmemory_policy", "")))

    def pipeline(self) -> Any:
        """A pipeline without a transaction; a command that fails gives its error as a reply."""
        return self.client.pipeline(transaction=False)

    def replies(self, pipeline: Any) -> list[Any]:
        """Run a pipeline; only a lost connection raises, so that one damaged key does not hide the others."""
        with self.errors():
            replies: list[Any] = pipeline.execute(raise_on_error=False)
        for reply in replies:
            if isinstance(reply, redis.ConnectionError | redis.TimeoutError):
                with self.errors():
                    raise reply
        return replies

    def run(
        self, name: str, keys: Sequence[str] | Sequence[bytes], arguments: Sequence[Any] = (), *, package: str = ""
    ) -> Any:
        """The reply of one script of the package, the source's own when empty."""
        with self.errors():
            return self._script(name, package or self._package)(keys=list(keys), args=list(arguments))

    def run_many(
        self, name: str, calls: Sequence[tuple[Sequence[str], Sequence[Any]]], *, package: str = ""
    ) -> list[Any]:
        """The replies of one script for several keys and arguments, in one round trip; each runs by itself.

        package: whose script it is, the source's own when empty.
        """
        script = self._script(name, package or self._package)
        pipeline = self.client.pipeline(transaction=False)
        for keys, arguments in calls:
            script(keys=list(keys), args=list(arguments), client=pipeline)
        with self.errors():
            return list(pipeline.execute()) if calls else []

    def _script(self, name: str, package: str) -> Any:
        if (package, name) not in self._scripts:
            self._scripts[package, name] = self.client.register_script(script_source(package, name))
        return self._scripts[package, name]
