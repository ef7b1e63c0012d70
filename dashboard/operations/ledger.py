"""The operations' records in the store: every change is one script, every read is bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from dashboard.adapters.contract import InvalidRequest, NotFound, Outcome, Page
from dashboard.language import N_
from dashboard.operations.codec import LISTED, operation_from, outcome_to_json, slowdown_to_json
from dashboard.operations.records import Operation, OperationState, Slowdown
from dashboard.store import Store

Verb = Literal["pause", "resume", "cancel"]
TOKEN_REMEMBERED_SECONDS = 86_400


class UnknownOperation(NotFound):
    """There is no operation of that id, or no longer."""


@dataclass(frozen=True, slots=True)
class Created:
    """Reply of `create`: code 1 recorded, 0 recorded before, -1 plan gone, -2 original cannot be taken back."""

    code: int
    text: str


class Ledger:
    """Reads and changes operation records.

    Args:
        store: the dashboard's own data.

    Every method raises StoreUnavailable when the store does not answer.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(
        self, operation_id: str, created: float, fields: dict[str, str], *, token: str = "", of: str = ""
    ) -> Created:
        """Record an operation; a plan's token is redeemed, or the original marked, in the same step."""
        store = self._store
        own = store.operation(operation_id)
        keys = (
            own, store.operations, store.open_operations, store.plan(token), store.redeemed(token),
            store.operation(of) if of else own,
        )  # fmt: skip
        flat = [part for item in fields.items() for part in item]
        argv = (operation_id, round(created * 1000), token, of, TOKEN_REMEMBERED_SECONDS, *flat)
        code, text = self._run("create", keys, argv)
        return Created(int(code), cast("bytes", text).decode())

    def started_by(self, token: str) -> str:
        """Id of the operation that a plan's token started; empty when none."""
        with self._store.errors():
            found = cast("bytes | None", self._store.client.get(self._store.redeemed(token)))
        return found.decode() if found else ""

    def get(self, operation_id: str) -> Operation:
        """One operation, complete. Raises UnknownOperation."""
        with self._store.errors():
            raw = cast("dict[bytes, bytes]", self._store.client.hgetall(self._store.operation(operation_id)))
        if not raw:
            raise UnknownOperation(
                N_("there is no operation %(id)s, or it is older than operations are kept"), id=operation_id
            )
        return operation_from(operation_id, {name.decode(): value for name, value in raw.items()})

    def page(self, cursor: str, limit: int) -> Page[Operation]:
        """Newest first, without their parts. Raises InvalidRequest for a cursor that is none."""
        with self._store.errors():
            start = self._position(cursor)
        total, rows = self._newest(self._store.operations, start, limit + 1, LISTED)
        more = f"{float(rows[limit - 1][1]):.0f}_{rows[limit - 1][0].decode()}" if len(rows) > limit else None
        return Page(tuple(_listed(rows[:limit])), more, total)

    def open_ids(self, start: int, count: int) -> list[str]:
        """Ids of operations still to be driven, oldest first."""
        with self._store.errors():
            rows = self._store.client.zrange(self._store.open_operations, start, start + count - 1)
        return [name.decode() for name in cast("list[bytes]", rows)]

    def newest_open(self, count: int) -> list[Operation]:
        """The newest operations that go on or wait for someone, stopped ones too, without their parts."""
        _, rows = self._newest(self._store.open_operations, 0, count, LISTED)
        return [each for each in _listed(rows) if each.open or each.state == OperationState.STOPPED]

    def older_than(self, created: float, count: int) -> list[str]:
        """Ids of operations created before a time (unix seconds), oldest first."""
        with self._store.errors():
            rows = self._store.client.zrangebyscore(
                self._store.operations, "-inf", f"({round(created * 1000)}", start=0, num=count
            )
        return [name.decode() for name in cast("list[bytes]", rows)]

    def read(self, ids: Sequence[str]) -> list[Operation]:
        """Several operations without their parts, in one round trip; those that are gone are left out."""
        pipeline = self._store.client.pipeline(transaction=False)
        for operation_id in ids:
            pipeline.hmget(self._store.operation(operation_id), LISTED)
        with self._store.errors():
            replies = pipeline.execute() if ids else []
        rows = ((i, dict(zip(LISTED, reply, strict=True))) for i, reply in zip(ids, replies, strict=True))
        return [operation_from(i, fields) for i, fields in rows if fields["state"]]

    def counts(self, most: int) -> dict[tuple[str, str], int]:
        """How many of the newest `most` operations there are by (action, state)."""
        _, rows = self._newest(self._store.operations, 0, most, ("action", "state"))
        found = (values for _, _, values in rows)
        return Counter((action.decode(), state.decode()) for action, state in found if action and state)

    def change(self, operation_id: str, verb: Verb, now: float, refailed: int = 0) -> tuple[bool, str]:
        """Pause, resume or cancel: (changed, state after it). Raises UnknownOperation."""
        changed, state = self._run("change", self._own(operation_id), (operation_id, verb, repr(now), refailed))
        if state == b"missing":
            raise UnknownOperation(
                N_("there is no operation %(id)s, or it is older than operations are kept"), id=operation_id
            )
        return bool(changed), cast("bytes", state).decode()

    def forget(self, operation_id: str) -> bool:
        """Remove the record of an operation that has ended."""
        store = self._store
        keys = (store.operation(operation_id), store.operations, store.open_operations)
        return bool(self._run("forget", keys, (operation_id,)))

    def claim(self, operation_id: str, driver: str, lease: float, now: float) -> OperationState | None:
        """Become the only driver for `lease` seconds; the state to drive, None when there is nothing to do."""
        argv = (driver, round(lease * 1000), repr(now))
        state = cast("bytes", self._run("claim", (self._store.operation(operation_id),), argv))
        return OperationState(state.decode()) if state else None

    def take(self, operation_id: str, driver: str, now: float, want: int, rate: float | None) -> int:
        """How many of `want` jobs the pace lets go now; 0 also when it was paused or taken over."""
        argv = (driver, repr(now), want, repr(float(rate or 0)))
        return int(self._run("take", (self._store.operation(operation_id),), argv)[0])

    def note(
        self, operation: Operation, driver: str, now: float, part: int, *, done: int, skipped: int, finished: bool,
        unused: int, undo_until: float | None,
    ) -> str:  # fmt: skip
        """Record a part's totals, and until when it can be undone (None: no end).

        Returns the operation's state, or `lost` when another driver has it.
        """
        original = self._store.operation(operation.of or operation.id)
        until = "" if undo_until is None else repr(undo_until)
        argv = (driver, operation.id, repr(now), part, done, skipped, int(finished), unused, until)
        return cast("bytes", self._run("note", (*self._own(operation.id), original), argv)).decode()

    def decide(
        self, operation_id: str, driver: str, now: float, *, before: OperationState, after: OperationState, reason: str
    ) -> str:
        """End the canary, or stop; returns the state after it, or `lost` when another driver has it."""
        argv = (driver, before.value, after.value, repr(now), reason)
        return cast("bytes", self._run("decide", (self._store.operation(operation_id),), argv)).decode()

    def release(self, operation_id: str, driver: str, *, outcome: str = "", problem: str | None = None) -> None:
        """End the driver's turn; `problem` None leaves the text that is there."""
        argv = (driver, outcome, "=" if problem is None else problem)
        self._run("release", (self._store.operation(operation_id),), argv)

    def slow(self, operation_id: str, driver: str, slowdown: Slowdown | None) -> None:
        """Record at which pace it goes from now on; None for the one asked for."""
        self._run("slow", (self._store.operation(operation_id),), (driver, slowdown_to_json(slowdown)))

    def observe(self, operation_id: str, outcome: Outcome) -> None:
        """Record what became of the jobs of an operation that has ended."""
        self._run("observe", (self._store.operation(operation_id),), (outcome_to_json(outcome),))

    def close(self, operation_id: str) -> None:
        """A cancelled operation needs no driver any more."""
        with self._store.errors():
            self._store.client.zrem(self._store.open_operations, operation_id)

    def _position(self, cursor: str) -> int:
        if not cursor:
            return 0
        created, separator, operation_id = cursor.partition("_")
        if not separator or not created.isdigit():
            raise InvalidRequest(f"cursor {cursor!r} is not one of this list; leave it out to begin at the start")
        client, key = self._store.client, self._store.operations
        rank = cast("int | None", client.zrevrank(key, operation_id))
        return rank + 1 if rank is not None else client.zcount(key, created, "+inf")

    def _newest(self, key: str, start: int, count: int, fields: Sequence[str]) -> tuple[int, list[Any]]:
        """How many there are, and rows of id, time and fields, in one command."""
        total, rows = self._run("newest", (key,), (self._store.operation(""), start, count, *fields))
        return int(total), cast("list[Any]", rows)

    def _own(self, operation_id: str) -> tuple[str, str]:
        return self._store.operation(operation_id), self._store.open_operations

    def _run(self, name: str, keys: Sequence[str], argv: Sequence[Any]) -> Any:
        return self._store.run("operations", name, keys, argv)


def _listed(rows: Sequence[Any]) -> list[Operation]:
    """Operations without their parts; those that are gone are left out."""
    found = ((row[0].decode(), dict(zip(LISTED, row[2], strict=True))) for row in rows)
    return [operation_from(operation_id, fields) for operation_id, fields in found if fields["state"]]
