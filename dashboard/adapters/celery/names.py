"""How a Celery application's keys and channels are named, with what its transport options say otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STEPS = (0, 3, 6, 9)
DEFAULT_QUEUE = "celery"

_GLOB = re.compile(rb"([*?\[\]\\^])")


def raw(name: str) -> bytes:
    """A name as it lies in Redis, whatever characters it has, half ones included, which JSON can hold."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogatepass")


def text(name: bytes) -> str:
    """A name from Redis."""
    return name.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one application.

    prefix: the broker's `global_keyprefix`. backend_prefix: the result backend's. database: number of the broker's.
    steps: priorities that have a list of their own. fanout: before the channels of events and control commands.
    control: Celery's `control_exchange`. queues: those that the user named.
    """

    prefix: bytes = b""
    backend_prefix: bytes = b""
    unacked: bytes = b"unacked"
    unacked_index: bytes = b"unacked_index"
    separator: bytes = b"\x06\x16"
    steps: tuple[int, ...] = STEPS
    fanout: bytes = b"/0."
    control: str = "celery"
    queues: tuple[str, ...] = ()

    @classmethod
    def of(cls, namespace: str, database: int, options: Mapping[str, Any]) -> Names:
        """From a source's namespace and its own options.

        Raises:
            ValueError: `priority_steps` are not numbers.
        """
        prefix = raw(namespace)
        steps = options.get("priority_steps") or STEPS
        fanout = str(options.get("fanout_prefix", "/{db}."))
        return cls(
            prefix=prefix,
            backend_prefix=_backend_prefix(str(options.get("backend_prefix", namespace))),
            unacked=prefix + raw(str(options.get("unacked_key", "unacked"))),
            unacked_index=prefix + raw(str(options.get("unacked_index_key", "unacked_index"))),
            separator=raw(str(options.get("sep", "\x06\x16"))),
            steps=tuple(sorted({int(step) for step in _listed(steps)})),
            fanout=raw(fanout.replace("{db}", str(database))),
            control=str(options.get("control_exchange", "celery")),
            queues=tuple(str(queue) for queue in _listed(options.get("queues", ()))),
        )

    def lists(self, queue: str) -> list[bytes]:
        """The lists of a queue's messages, the most urgent first."""
        return [self.list_of(queue, step) for step in self.steps]

    def list_of(self, queue: str, priority: int = 0) -> bytes:
        """The list of a queue in which messages of a priority lie."""
        step = max((step for step in self.steps if step <= priority), default=self.steps[0])
        return self.prefix + raw(queue) + (self.separator + raw(str(step)) if step else b"")

    def result(self, task_id: str) -> bytes:
        """Where the result of a task lies; the channel of its changes has the same name."""
        return self.backend_prefix + b"celery-task-meta-" + raw(task_id)

    def task_of(self, key: bytes) -> str:
        """The task whose result lies at a key, empty when it is none."""
        start = self.backend_prefix + b"celery-task-meta-"
        return text(key[len(start) :]) if key.startswith(start) else ""

    @property
    def results(self) -> bytes:
        """Pattern of all results' keys."""
        return _GLOB.sub(rb"\\\1", self.backend_prefix) + b"celery-task-meta-*"

    @property
    def bindings(self) -> bytes:
        """Pattern of the keys of all bindings."""
        return _GLOB.sub(rb"\\\1", self.prefix) + b"_kombu.binding.*"

    def binding(self, exchange: str) -> bytes:
        """SET of the bindings of an exchange."""
        return self.prefix + b"_kombu.binding." + raw(exchange)

    def exchange_of(self, key: bytes) -> str:
        """The exchange of a key of bindings."""
        return text(key[len(self.prefix) + len(b"_kombu.binding.") :])

    @property
    def commands(self) -> bytes:
        """Channel of control commands."""
        return self.prefix + self.fanout + raw(f"{self.control}.pidbox")

    @property
    def reply_exchange(self) -> str:
        """To which workers send what they answer."""
        return f"reply.{self.control}.pidbox"

    def replies(self, asker: str) -> bytes:
        """LIST of what workers answered to one asker."""
        return self.prefix + raw(f"{asker}.{self.reply_exchange}")

    def own(self, exchange: str) -> bool:
        """Whether an exchange is Celery's own: no task goes there."""
        return exchange in ("celeryev", f"{self.control}.pidbox", self.reply_exchange)


def _backend_prefix(prefix: str) -> bytes:
    """Celery puts an underscore after it, unless there is a separator already."""
    return raw(prefix if not prefix or prefix[-1] in ":_-." else f"{prefix}_")


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value) if isinstance(value, list | tuple) else [value]
