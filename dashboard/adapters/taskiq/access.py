"""The queues of taskiq-redis, lists and streams that may have any name, and results by the ids of their tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.adapters.contract import UnknownQueue
from dashboard.adapters.mirrored import portions, values
from dashboard.adapters.mirrored.finding import Finding, literal
from dashboard.adapters.server import Server
from dashboard.adapters.taskiq import messages
from dashboard.adapters.taskiq.messages import LARGEST, Message, Result
from dashboard.language import N_

USUAL = "taskiq"
MOST_QUEUES = 100
REACH = 2_000
"""Messages at either end of a queue among which one is looked for by its id."""

MOST_BYTES = 2_000_000
IDLE_MILLISECONDS = 600_000
"""After so long without its acknowledgement, workers hand out a message again (`idle_timeout`)."""

COUNTED = 1_000
_NOT_QUEUES = ("autoclaim:", "{redrive}", "redrive:")


@dataclass(frozen=True, slots=True)
class Line:
    """A queue: a list, or a stream with the group of its workers and how far they have read; readers: how many there
    are in its group, dead ones among them.

    oldest: of a stream, the millisecond at which the first message came that nobody has fetched. Numbers are None
    where they are not known.
    """

    name: str
    kind: str
    pending: int | None
    processing: int | None
    stalled: int | None
    oldest: float | None
    group: str
    last: str
    readers: int = 0

    @property
    def is_stream(self) -> bool:
        """Whether it keeps messages of tasks that ran."""
        return self.kind == "stream"


@dataclass(frozen=True, slots=True)
class Found:
    """A message in a queue: `running` when a worker has fetched it; entry: in a stream."""

    running: bool
    entry: str
    message: Message
    consumer: str = ""
    idle: float = 0.0


class Access:
    """One source.

    Args:
        server: where it is.
        given: queues that are named; others are found when `taskiq` is in their name.
        group: the consumer group of its workers.
        prefix: before the ids of tasks in the names of their results.
    """

    def __init__(self, server: Server, given: Sequence[str], group: str, prefix: str) -> None:
        self.server = server
        self.given = frozenset(given)
        self._group = group
        self._prefix = f"{prefix}:" if prefix else ""
        self.found = Finding(server, "*taskiq*", _named, given)

    @property
    def results(self) -> str:
        """Pattern of the names of results: behind the prefix; without one, what is the id of a task."""
        return f"{literal(self._prefix)}*" if self._prefix else "[0-9a-f]" * 32

    def result_key(self, task_id: str) -> str:
        """STRING, what came of a task."""
        return f"{self._prefix}{task_id}"

    def task_of(self, key: bytes) -> str:
        """The task of a result."""
        return key.decode("utf-8", "replace").removeprefix(self._prefix)

    def lines(self) -> list[Line]:
        """All queues that are known, in one script; what only is called like one is left out."""
        names = sorted({*self.found.names(), *(() if self.given else (USUAL,))})[:MOST_QUEUES]
        return [each for each in self._read(names) if each.kind != "none" or each.name in self.given]

    def line(self, queue: str) -> Line:
        """One queue. Raises UnknownQueue."""
        found = self.now(queue)
        if found.kind == "none" and queue not in (*self.given, *self.found.names()):
            raise UnknownQueue(
                N_("source %(source)s has no queue %(queue)s; a queue appears with its first job or worker"),
                source=self.server.source, queue=queue,
            )  # fmt: skip
        return found

    def now(self, queue: str) -> Line:
        """One queue as it is, of kind `none` when there is none."""
        (found,) = self._read([queue])
        return found

    def stored(self, task_ids: Sequence[str]) -> list[Result | None]:
        """Results of tasks; None where there is none, or it is too large."""
        keys = [self.result_key(each) for each in task_ids]
        return [messages.result(raw) if raw else None for raw in portions.stored(self.server, keys, LARGEST)]

    def entries(self, places: Sequence[tuple[str, str]]) -> list[Message | None]:
        """Messages of streams, each by its stream and entry; None for those that are gone."""

        def read(start: int) -> Any:
            some = places[start:]
            argv = [portions.MOST_BYTES, *(entry for _, entry in some)]
            return self.server.run("entries", [stream for stream, _ in some], argv)

        found = portions.every(read, len(places))
        return [message_of(dict(zip(each[::2], each[1::2], strict=True))) if each else None for each in found]

    def find(self, line: Line, task_id: str) -> Found | None:
        """A task's message that waits or was fetched; None when there is none near the ends of its queue."""
        argv = [task_id, line.group, line.last, REACH, MOST_BYTES]
        reply: Any = self.server.run("find", [line.name], argv)
        for place, entry, raw, consumer, idle in reply:
            message = messages.message(raw)
            if message.id == task_id:
                return Found(place == b"running", values.text(entry), message, values.text(consumer), float(idle))
        return None

    def _read(self, names: Sequence[str]) -> list[Line]:
        rows: Any = self.server.run("counts", names, [self._group, COUNTED, IDLE_MILLISECONDS]) if names else []
        return [_line(name, row) for name, row in zip(names, rows, strict=True)]


def message_of(fields: dict[bytes, bytes]) -> Message:
    """The message of a stream's entry."""
    return messages.message(fields.get(b"data", b""))


def _line(name: str, row: Sequence[Any]) -> Line:
    kind, pending, processing, stalled, oldest, group, last, *readers = row
    since = values.seconds(values.text(oldest).partition("-")[0])
    return Line(
        name, values.text(kind), _known(pending), _known(processing), _known(stalled), since, values.text(group),
        values.text(last), *readers,
    )  # fmt: skip


def _known(number: int) -> int | None:
    return number if number >= 0 else None


def _named(key: str) -> str | None:
    return None if key.startswith(_NOT_QUEUES) else key
