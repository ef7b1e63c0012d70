"""The dashboard's own data in Redis: its client and every key it uses, with the type."""

from __future__ import annotations

from queue_core.connection import Client, connect


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

    @property
    def lease(self) -> str:
        """HASH: holder, epoch and expiry of the collector's lease."""
        return self._key("collector:lease")

    @property
    def alerts(self) -> str:
        """HASH alert fingerprint -> JSON state."""
        return self._key("alerts")

    @property
    def outbox(self) -> str:
        """ZSET delivery id -> next attempt (unix ms): messages still to be sent."""
        return self._key("outbox")

    def delivery(self, delivery_id: str) -> str:
        """HASH: one message to one channel."""
        return self._key(f"delivery:{delivery_id}")

    @property
    def deliveries(self) -> str:
        """ZSET delivery id -> created (unix ms): the delivery log."""
        return self._key("deliveries")
