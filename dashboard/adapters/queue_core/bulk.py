"""Bulk actions: parts of a frozen selection as the engine's operations, each step bounded and safe to repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal, cast

from dashboard.adapters.contract import Action, AdapterError, InvalidRequest, Outcome, Part, Step
from dashboard.adapters.queue_core.access import Access
from dashboard.adapters.queue_core.records import number
from dashboard.adapters.selection import most_frequent
from queue_core.engine import Engine, OperationKind
from queue_core.replies import Row, row, text

IDS = "ids"
"""Origin of chosen jobs: `ids` of dead letters, `ids:<state letter>` of others."""

WAITING = ("pend", "sch", "rty")
STEP_LIMIT = 64
OUTCOMES = 100
"""Operations whose outcome one script reads."""
CHUNK = 200

_KINDS: dict[Action, OperationKind] = {
    Action.REQUEUE: "requeue",
    Action.PURGE: "purge",
    Action.RESTORE: "restore",
    Action.UNDO: "undo",
}
_REVERSE: dict[Action, tuple[Literal["tr", "oq"], str]] = {
    Action.PURGE: ("tr", "trash"),
    Action.REQUEUE: ("oq", "requeued"),
}


def chosen_origin(letter: str) -> str:
    """The origin of chosen jobs in one state."""
    return IDS if letter == "d" else f"{IDS}:{letter}"


class Bulk:
    """Drives operations; the engine keeps how far each has come, so any process may take the next step."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def begin(self, operation: str, action: Action, part: Part, *, rate: float | None = None) -> None:
        """Record a part at the source; repeating it changes nothing."""
        if action not in _KINDS:
            raise InvalidRequest(f"{action} is no bulk action; use requeue, purge or restore")
        engine = self.access.engine(part.queue)
        with self.access.errors():
            if self.access.client.exists(engine.keys.operation(operation)):
                return
            source = part.origin
            if action == Action.PURGE:
                self.access.keep_purged(engine)
            if part.origin.partition(":")[0] == IDS:
                source = f"os:{operation}"
                self._write_selection(engine, operation, _KINDS[action], part)
            waiting = part.origin in WAITING
            engine.bulk_start(
                operation, _KINDS[action], source, fingerprint=part.fingerprint,
                low="0" if waiting else part.low or "0", high=part.high, rate=max(1, round(rate)) if rate else 0,
                as_of=int(part.low) if waiting and part.low else None,
                frozen=None if part.as_of is None else round(part.as_of * 1e6),
            )  # fmt: skip
            # The dashboard alone decides when the next step is taken, so workers must not find it.
            self.access.client.zrem(engine.keys.operations, operation)

    def step(self, operation: str, action: Action, part: Part, limit: int) -> Step:
        """Move at most `limit` (and at most 64) jobs of a part."""
        engine = self.access.engine(part.queue)
        with self.access.errors():
            moved = engine.bulk(operation, max(1, min(limit, STEP_LIMIT)))
        if moved.state == "none":
            self.begin(operation, action, part)
            with self.access.errors():
                moved = engine.bulk(operation, max(1, min(limit, STEP_LIMIT)))
        return Step(moved.done, moved.skipped, moved.state not in ("running", "canary", "paused", "waiting"))

    def progress(self, operation: str, part: Part) -> Step:
        """What all steps of a part have done so far."""
        engine = self.access.engine(part.queue)
        with self.access.errors():
            values = self.access.client.hmget(engine.keys.operation(operation), ["done", "skip", "state"])
        done, skipped, state = cast("list[bytes | None]", values)
        return Step(int(done or 0), int(skipped or 0), state in (b"done", b"undone"))

    def finish(self, operation: str, part: Part) -> None:
        """Record that a part will not go on; one that is over or unknown is left as it is."""
        engine = self.access.engine(part.queue)
        with self.access.errors():
            engine.control_operation(operation, "cancel")
            self.access.client.unlink(engine.keys.selection(operation))

    def outcome(self, parts: Sequence[tuple[str, Part]]) -> Outcome:
        """What became of the jobs that parts requeued."""
        ids: dict[str, list[str]] = defaultdict(list)
        for operation, part in parts:
            ids[part.queue].append(operation)
        calls = [(queue, own[at : at + OUTCOMES]) for queue, own in ids.items() for at in range(0, len(own), OUTCOMES)]
        replies = self.access.ask("outcomes", calls, costs=[len(own) for _, own in calls], at_once=OUTCOMES)
        total = Outcome()
        for reply in replies:
            if isinstance(reply, Exception):
                raise AdapterError(f"source {self.access.source}: {reply}")
            for each in reply:
                total += _outcome(each)
        return total

    def reverse(self, operation: str, action: Action, part: Part) -> Part | None:
        """The part that takes a part back; None when there is nothing left to take back."""
        if action not in _REVERSE:
            return None
        prefix, key = _REVERSE[action]
        engine = self.access.engine(part.queue)
        with self.access.errors():
            left = self.access.client.zcard(getattr(engine.keys, key)(operation))
        if not left:
            return None
        return Part(part.source, part.queue, f"{prefix}:{operation}", part.fingerprint, part.type, matched=left)

    def _write_selection(self, engine: Engine, operation: str, kind: OperationKind, part: Part) -> None:
        """Only jobs that are still as they were chosen: one that was requeued, or failed again since, is not meant."""
        letter = part.origin.partition(":")[2] or "d"
        for start in range(0, len(part.ids), CHUNK):
            rows = map(row, engine.call("jobs", 0, *part.ids[start : start + CHUNK]))
            meant = [each.id for each in rows if each.state == letter and not _died_since(each, part.as_of)]
            if meant:
                engine.call("select", operation, kind, *meant)


def _died_since(found: Row, as_of: float | None) -> bool:
    """Whether a dead letter died after the selection was frozen."""
    if as_of is None or found.state != "d":
        return False
    return number(found.record.get("ds")) > as_of * 1e6


def _outcome(row: Sequence[Any]) -> Outcome:
    if row[0] != b"requeue":
        return Outcome()
    done, succeeded, same, new, cancelled, undone, waiting = map(int, row[1:8])
    under_way = done - succeeded - same - new - cancelled - undone - waiting
    errors = most_frequent(zip(map(text, row[8][::2]), map(int, row[8][1::2]), strict=True))
    return Outcome(succeeded, same, new, cancelled, waiting, max(0, under_way), errors, undone)
