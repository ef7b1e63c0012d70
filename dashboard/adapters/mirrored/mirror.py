"""The mirror of one source: its dead letters as queues of `queue_core` in the dashboard's own store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from dashboard.adapters.contract import Part, Queue, Selector, UnknownQueue
from dashboard.adapters.mirrored import letters, names
from dashboard.adapters.mirrored.product import DeadLetter, Kept
from dashboard.adapters.queue_core.access import TRASH_MINUTES, Access
from dashboard.adapters.queue_core.adapter import QueueCoreAdapter
from queue_core import keys
from queue_core.engine import Engine
from queue_core.replies import text

LETTERS_AT_ONCE = 30
"""Failures that one script takes up: each is some twenty commands inside."""
MOST_KEPT = 200_000
"""Dead letters of one queue that are kept; beyond, the oldest ones go."""

Ending = Literal["r", "s", "x", "g", "f"]


class Mirror:
    """Writes to the mirror, and finds in it; lists and operations are those of its `adapter`.

    Args:
        source: the source's name.
        url: of the store.
        options: as an adapter's.
    """

    def __init__(self, source: str, url: str, options: dict[str, Any]) -> None:
        self.namespace = f"{{redrive}}:mirror:{source}:"
        minutes = options.get("trash_minutes", TRASH_MINUTES)
        self.access = Access(source, url, self.namespace, options.get("timeout", 3.0), trash_minutes=minutes)
        self.adapter = QueueCoreAdapter(source, url, options, self.access)
        self._originals = names.Originals(self.access.client, self.namespace)
        self._notes = f"{self.namespace}notes"

    def record(self, found: Iterable[DeadLetter]) -> int:
        """Take failures up; those that are known already stay as they are. Returns how many were new."""
        by_queue: dict[str, list[DeadLetter]] = defaultdict(list)
        for letter in found:
            by_queue[letter.queue].append(letter)
        return sum(self._record(queue, own) for queue, own in by_queue.items())

    def end(self, queue: str, ended: Sequence[tuple[Kept, Ending]]) -> int:
        """Record what became of jobs: a requeued one (r)uns, (s)ucceeded, was cancelled (x), is (g)one, or has
        (f)ailed anew, which the next look at its failure then records.

        Returns how many changed.
        """
        if not ended:
            return 0
        argv: list[Any] = []
        for letter, what in ended:
            argv += [names.job(letter.id), what, round(letter.failed_at * 1e6)]
        with self.access.errors():
            return int(self.engine(queue).call("mirror_end", *argv))

    def has(self, queue: str) -> bool:
        """Whether a queue has ever had a failure."""
        return names.queue(queue) in self.access.names()

    def engine(self, queue: str) -> Engine:
        """The mirror's engine of a product's queue. Raises UnknownQueue."""
        return self.access.engine(names.queue(queue))

    def kept(self, queue: str, ids: Sequence[str]) -> list[Kept | None]:
        """Dead letters and requeued jobs by the product's ids."""
        return [letter for letter, _ in self.with_reasons(queue, ids)]

    def with_reasons(self, queue: str, ids: Sequence[str]) -> list[tuple[Kept | None, str]]:
        """The same, each with why it cannot be put back."""
        engine = self.engine(queue)
        pipeline = self.access.pipeline()
        for job_id in ids:
            pipeline.hmget(engine.keys.job(names.job(job_id)), ["ty", "fs", "mm"])
            pipeline.get(engine.keys.payload(names.job(job_id)))
        replies = self.access.replies(pipeline) if ids else []
        return [_kept(*each) for each in zip(ids, replies[::2], replies[1::2], strict=True)]

    def unable(self, parts: Sequence[Part]) -> Counter[str]:
        """Dead letters of parts, whose queues are the product's, that cannot be put back: how many, by reason."""
        pipeline = self.access.pipeline()
        weights: list[int] = []
        for part in parts:
            keys = self.engine(part.queue).keys
            for key in map(keys.job, part.ids) if part.ids else [keys.group_detail(part.fingerprint)]:
                pipeline.hget(key, "rs")
                weights.append(1 if part.ids else part.matched)
        found: Counter[str] = Counter()
        for weight, reply in zip(weights, self.access.replies(pipeline) if weights else [], strict=True):
            reason = letters.unable(text(reply)) if isinstance(reply, bytes) else ""
            if reason:
                found[reason] += weight
        return found

    def some(self, queue: str, which: Literal["dead", "pend"], start: int, count: int) -> list[Kept]:
        """Dead letters or requeued jobs by their place in the mirror, without their arguments; one command."""
        with self.access.errors():
            rows = self.engine(queue).call("mirror_some", which, start, count)
            ids = self._originals.of([text(row[0]) for row in rows])
        return [
            letters.kept(name, {"ty": row[1], "fs": row[2], "mm": row[3]}, None)
            for name, row in zip(ids, rows, strict=True)
        ]

    def queues(self) -> dict[str, Queue]:
        """The mirror's own numbers by the product's names."""
        found = self.adapter.queues()
        with self.access.errors():
            return dict(zip(self._originals.of([each.name for each in found]), found, strict=True))

    def trim(self, queue: str, before: float, most: int = MOST_KEPT, at_once: int = 200) -> int:
        """Forget what failed before a time (unix seconds), and the oldest dead letters beyond `most`; how many went.

        Of requeued jobs only those that wait longest are looked at: a product may never tell what became of them.
        """
        engine = self.engine(queue)
        with self.access.errors():
            over = int(self.access.client.zcard(engine.keys.dead)) - most
            count = min(at_once, max(over, 0)) or at_once
            limit = "+inf" if over > 0 else f"({before * 1e6:.0f}"
            old = int(self.access.client.zcount(engine.keys.dead, "-inf", limit)) if over <= 0 else count
        forgotten = self.some(queue, "dead", 0, min(old, count))
        forgotten += [each for each in self.some(queue, "pend", 0, at_once) if each.failed_at < before]
        return self.end(queue, [(each, "g") for each in forgotten])

    def empty_trash(self, queue: str) -> None:
        """Drop purged jobs whose time is over."""
        with self.access.errors():
            self.engine(queue).tick(100, 1_000)

    def originals(self, encoded: Sequence[str]) -> list[str]:
        """The product's names of the mirror's."""
        with self.access.errors():
            return self._originals.of(encoded)

    def note(self, name: str) -> str:
        """Something the follower has to remember."""
        with self.access.errors():
            return text(self.access.client.hget(self._notes, name) or b"")

    def keep_note(self, name: str, value: str) -> None:
        """Remember it."""
        with self.access.errors():
            self.access.client.hset(self._notes, name, value)

    def selector(self, selector: Selector) -> Selector:
        """A selector in the mirror's names. Raises UnknownQueue when it names a queue without a failure."""
        if selector.queue and not self.has(selector.queue):
            raise UnknownQueue(f"queue {selector.queue} has no failures")
        excluded = tuple((word, _value(word, value)) for word, value in selector.excluded)
        queue = names.queue(selector.queue) if selector.queue else ""
        return selector.narrowed(queue=queue, ids=tuple(map(names.job, selector.ids)), excluded=excluded)

    @staticmethod
    def part(part: Part) -> Part:
        """A part, whose ids are the mirror's already, in the mirror's queue."""
        return Part(
            part.source, names.queue(part.queue), part.origin, part.fingerprint, part.type, part.low, part.high,
            part.ids, part.matched, part.as_of,
        )  # fmt: skip

    def _record(self, queue: str, found: Sequence[DeadLetter]) -> int:
        short = names.queue(queue)
        with self.access.errors():
            self._originals.remember([queue, *(each.id for each in found)], [short, *(names.job(x.id) for x in found)])
            if self.access.client.sadd(keys.queues(self.namespace), short):
                self.access.forget()
            engine = Engine(self.access.client, short, self.namespace)
            new = 0
            for start in range(0, len(found), LETTERS_AT_ONCE):
                argv = [letters.script_arguments(each) for each in found[start : start + LETTERS_AT_ONCE]]
                codes = engine.call("mirror_fail", len(argv), *(value for row in argv for value in row))
                new += sum(1 for code in codes if int(code))
        return new


def _value(word: str, value: str) -> str:
    return names.queue(value) if word == "queue" else names.job(value) if word in ("id", "ids") else value


def _kept(job_id: str, record: Any, payload: Any) -> tuple[Kept | None, str]:
    if isinstance(record, Exception) or record[0] is None:
        return None, ""
    fields = dict(zip(("ty", "fs", "mm"), record, strict=True))
    stored = payload if isinstance(payload, bytes) else None
    return letters.kept(job_id, fields, stored), letters.requeueable(fields["mm"])
