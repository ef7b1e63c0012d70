"""Names of Dramatiq's keys, and its queues."""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE = "dramatiq"
DELAYED, DEAD, MESSAGES = ".DQ", ".XQ", ".msgs"


@dataclass(frozen=True, slots=True)
class Names:
    """Keys of one broker by its namespace."""

    namespace: str

    def queue(self, queue: str) -> str:
        """LIST of the ids of what waits, the next one first."""
        return f"{self.namespace}:{queue}"

    def messages(self, queue: str) -> str:
        """HASH of messages that wait or were fetched and are not acknowledged."""
        return f"{self.queue(queue)}{MESSAGES}"

    def delayed(self, queue: str) -> str:
        """HASH of messages that are to run later, retries among them."""
        return f"{self.queue(queue)}{DELAYED}{MESSAGES}"

    def dead(self, queue: str) -> str:
        """ZSET of dead messages by the millisecond of their death."""
        return f"{self.queue(queue)}{DEAD}"

    def dead_messages(self, queue: str) -> str:
        """HASH of these messages."""
        return f"{self.dead(queue)}{MESSAGES}"

    def heartbeats(self) -> str:
        """ZSET of brokers, of workers and of others, by the millisecond of their last command."""
        return f"{self.namespace}:__heartbeats__"

    def fetched(self) -> str:
        """What SETs of fetched messages begin with; the broker's id, a dot and the queue follow."""
        return f"{self.namespace}:__acks__."

    def queue_of(self, key: str) -> str | None:
        """The queue that a HASH of messages belongs to."""
        if not key.startswith(f"{self.namespace}:") or not key.endswith(MESSAGES):
            return None
        name = key[len(self.namespace) + 1 : -len(MESSAGES)]
        return name.removesuffix(DELAYED).removesuffix(DEAD) or None
