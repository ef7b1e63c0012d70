"""The dashboard's own data in Redis: its client, every key it uses with the type, and its scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import redis
from redis.commands.core import Script

from dashboard.adapters.contract import AdapterError, SourceUnavailable
from queue_core.connection import Client, connect, mapped_errors
from queue_core.errors import QueueError, ServerUnavailable


class StoreUnavailable(SourceUnavailable):
    """The Redis that holds the dashboard's own data did not answer."""


class StaleLeader(AdapterError):
    """Another collector leads by now; nothing was written."""


@dataclass(frozen=True, slots=True)
class Fence:
    """Proof of leading: who leads, and for which epoch; scripts refuse the writes of an epoch that is over."""

    holder: str
    epoch: int


@cache
def script_source(area: str, name: str) -> str:
    """Text of one script: `lua/<name>.lua` of the package `dashboard.<area>`; of several files as `first+second`."""
    folder = files("dashboard").joinpath(*area.split("."), "lua")
    return "".join(folder.joinpath(f"{part}.lua").read_text(encoding="utf-8") for part in name.split("+"))


class Store:
    """A lazily connecting client and the key names, all under `{redrive}:`, so that they share one cluster slot.

    Args:
        url: Redis URL; empty means the dashboard has no store (no source is configured).
        timeout: seconds for connecting and for each reply.
    """

    PREFIX = "{redrive}:"

    def __init__(self, url: str, *, timeout: float = 3.0) -> None:
        self.url = url
        self.timeout = timeout
        self.client: Client = connect(url or "redis://127.0.0.1:1/0", timeout=timeout)
        self._scripts: dict[tuple[str, str], Script] = {}

    def ping(self) -> None:
        """Return when the server answers.

        Raises:
            StoreUnavailable: it does not.
        """
        with self.errors():
            self.client.ping()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise what goes wrong inside as StoreUnavailable or AdapterError."""
        try:
            with mapped_errors():
                yield
        except ServerUnavailable as error:
            raise StoreUnavailable(f"the dashboard's own store: {error}") from error
        except (redis.RedisError, QueueError) as error:
            raise AdapterError(f"the dashboard's own store: {error}") from error

    def run(self, area: str, name: str, keys: Sequence[str], args: Sequence[Any] = ()) -> Any:
        """Run one script of a package (see `script_source`); all of it happens, or nothing.

        Raises:
            StoreUnavailable: the store does not answer; whether the script ran is not known.
        """
        if (area, name) not in self._scripts:
            self._scripts[area, name] = self.client.register_script(script_source(area, name))
        with self.errors():
            return self._scripts[area, name](keys=list(keys), args=list(args))

    def _key(self, suffix: str) -> str:
        return self.PREFIX + suffix

    def operation(self, operation_id: str) -> str:
        """HASH: one operation's record."""
        return self._key(f"operation:{operation_id}")

    @property
    def operations(self) -> str:
        """ZSET operation id -> created (unix ms)."""
        return self._key("operations")

    @property
    def open_operations(self) -> str:
        """ZSET operation id -> created (unix ms): those still to be driven."""
        return self._key("operations:open")

    def plan(self, token: str) -> str:
        """STRING: one plan as JSON; expires."""
        return self._key(f"plan:{token}")

    def redeemed(self, token: str) -> str:
        """STRING: id of the operation that a plan's token started; expires."""
        return self._key(f"plan:{token}:operation")

    @property
    def lease(self) -> str:
        """HASH: holder, epoch and expiry of the collector's lease."""
        return self._key("collector:lease")

    @property
    def alerts(self) -> str:
        """HASH alert fingerprint -> JSON state."""
        return self._key("alerts")

    @property
    def alerts_run(self) -> str:
        """STRING: when the rules were last evaluated (unix seconds)."""
        return self._key("alerts:run")

    @property
    def silences(self) -> str:
        """HASH silence id -> JSON; at most 500, those that ended are kept for five days."""
        return self._key("alerts:silences")

    @property
    def windows(self) -> str:
        """HASH name -> JSON: maintenance windows made on pages, at most 100."""
        return self._key("alerts:windows")

    @property
    def page_rules(self) -> str:
        """HASH name -> JSON: alert rules made on pages, at most 200."""
        return self._key("alerts:rules")

    @property
    def evaluation(self) -> str:
        """STRING: how the last evaluation went, as JSON."""
        return self._key("alerts:evaluation")

    @property
    def courses(self) -> str:
        """HASH: rule to its worst value in each minute of the last hour, as JSON."""
        return self._key("alerts:courses")

    @property
    def periods(self) -> str:
        """ZSET period as JSON -> its end (unix ms): when which alert fired, once that is over."""
        return self._key("alerts:periods")

    @property
    def heartbeat(self) -> str:
        """HASH: when the last heartbeat was due and when one last succeeded (unix seconds), its status, its error."""
        return self._key("alerts:heartbeat")

    @property
    def outbox(self) -> str:
        """ZSET channel -> when its next message may be tried (unix ms); `lines.lua` says what lies beside it."""
        return self._key("outbox")

    def channel_state(self, channel: str) -> str:
        """HASH: how a channel works, and why it is disabled."""
        return self._key(f"outbox:channel:{channel}")

    def unheard(self, channel: str) -> str:
        """HASH alert fingerprint -> what a disabled channel knew of it before it missed a message."""
        return self._key(f"outbox:unheard:{channel}")

    @property
    def channels(self) -> str:
        """HASH name -> JSON: channels made on a page, their secrets among them."""
        return self._key("alerts:channels")

    def delivery(self, delivery_id: str) -> str:
        """HASH: one message to one channel."""
        return self._key(f"delivery:{delivery_id}")

    @property
    def deliveries(self) -> str:
        """ZSET delivery id -> created (unix ms): the delivery log."""
        return self._key("deliveries")

    @property
    def dead_deliveries(self) -> str:
        """ZSET delivery id -> when it was given up (unix ms)."""
        return self._key("deliveries:dead")

    @property
    def delivery_totals(self) -> str:
        """HASH 'channel|result' -> number of deliveries that ended so."""
        return self._key("deliveries:totals")

    def history(self, seconds: int, chunk: int, source: str, queue: str) -> str:
        """HASH place -> JSON: 60 buckets of so many seconds of one queue ('' all of its source); expires."""
        return self._key(f"history:{seconds}:{chunk}:{source}|{queue}")

    @property
    def history_readings(self) -> str:
        """HASH 'source|queue' -> JSON: what the queue had counted when it was last read."""
        return self._key("history:readings")

    @property
    def history_sparks(self) -> str:
        """HASH 'source|queue' -> JSON: pending jobs in each minute of the last hour; expires an hour after the last."""
        return self._key("history:sparks")

    @property
    def history_versions(self) -> str:
        """HASH 'source|queue' -> JSON: when which version of an application came into use; expires."""
        return self._key("history:versions")

    @property
    def audit(self) -> str:
        """STREAM: every change, field `entry` -> JSON."""
        return self._key("audit")

    @property
    def users(self) -> str:
        """HASH name in lower case -> JSON: who may sign in."""
        return self._key("users")

    def session(self, digest: str) -> str:
        """HASH: one session, by the hash of its id; expires."""
        return self._key(f"session:{digest}")

    def sessions_of(self, user: str) -> str:
        """ZSET hash of a session's id -> its end (unix ms); expires."""
        return self._key(f"sessions:{user}")

    def attempts(self, sort: str, bucket: str) -> str:
        """HASH: attempts to sign in of one sort, and when they are forgotten (unix ms); expires."""
        return self._key(f"sign-in:{sort}:{bucket}")
