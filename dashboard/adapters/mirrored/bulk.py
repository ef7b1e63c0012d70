"""Bulk actions over mirrored dead letters: the mirror decides which jobs are meant, the product moves them.

The mirror's step notes in one script which jobs it has moved; the product then moves each in a script of its own, which
knows what it has moved for this part already. So whoever takes over after a crash at any point repeats nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.adapters.contract import Action, InvalidRequest, Outcome, Part, Step
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import MOST_AT_ONCE, Kept, Product
from dashboard.language import N_
from queue_core.replies import text

Named = tuple[str, Kept | None]
"""A job by its name in the mirror."""


class Bulk:
    """Drives operations of one source.

    Args:
        product: moves the jobs.
        mirror: keeps how far each operation has come.
        keep_seconds: how long purged jobs can be restored.
    """

    def __init__(self, product: Product, mirror: Mirror, keep_seconds: float) -> None:
        self._product = product
        self._mirror = mirror
        self._keep_seconds = keep_seconds

    def begin(self, operation: str, action: Action, part: Part, *, rate: float | None = None) -> None:
        """Record a part; repeating it changes nothing."""
        self._mirror.adapter.begin(operation, action, self._mirror.part(part), rate=rate)

    def step(self, operation: str, action: Action, part: Part, limit: int) -> Step:
        """Move at most `limit` (and at most 64) jobs."""
        late = self._carry_out(operation, action, part)
        moved = self._mirror.engine(part.queue).bulk(operation, max(1, min(limit, MOST_AT_ONCE)), noted=True)
        if moved.state == "none":
            self.begin(operation, action, part)
            moved = self._mirror.engine(part.queue).bulk(operation, max(1, min(limit, MOST_AT_ONCE)), noted=True)
        refused = self._carry_out(operation, action, part)
        over = moved.state not in ("running", "canary", "paused", "waiting")
        return Step(max(0, moved.done - refused), moved.skipped + refused + late, over)

    def progress(self, operation: str, part: Part) -> Step:
        """What all steps of a part have done so far; not finished while the product has still to move some."""
        total = self._mirror.adapter.progress(operation, self._mirror.part(part))
        if total.finished and self._noted(operation, part, 1):
            return Step(total.done, total.skipped, finished=False)
        return total

    def finish(self, operation: str, part: Part) -> None:
        """The part will not go on; what the mirror has moved already, the product moves too."""
        action = self._action(operation, part)
        if action is not None:
            self._carry_out(operation, action, part)
        self._mirror.adapter.finish(operation, self._mirror.part(part))

    def outcome(self, parts: Sequence[tuple[str, Part]]) -> Outcome:
        """What became of the jobs that parts requeued, as far as it has been seen."""
        return self._mirror.adapter.outcome([(operation, self._mirror.part(part)) for operation, part in parts])

    def reverse(self, operation: str, action: Action, part: Part) -> Part | None:
        """The part that takes a part back; None when nothing is left to take back."""
        back = self._mirror.adapter.reverse(operation, action, self._mirror.part(part))
        return None if back is None else Part(
            back.source, part.queue, back.origin, back.fingerprint, back.type, matched=back.matched
        )  # fmt: skip

    def _carry_out(self, operation: str, action: Action, part: Part) -> int:
        """Let the product do what the mirror has noted; how many jobs it refused."""
        refused = 0
        while short := self._noted(operation, part, MOST_AT_ONCE):
            ids = self._mirror.originals(short)
            known = self._mirror.with_reasons(part.queue, ids)
            able: list[Named] = []
            unable: list[Named] = []
            gone: list[Named] = []
            for name, (letter, reason) in zip(short, known, strict=True):
                target = gone if letter is None else unable if reason and action == Action.REQUEUE else able
                target.append((name, letter))
            meant = [letter for _, letter in able if letter is not None]
            moved = self._move(action, part.queue, meant, operation) if meant else ()
            self._settle(operation, part, [name for (name, _), done in zip(able, moved, strict=True) if done])
            gone += [each for each, done in zip(able, moved, strict=True) if not done]
            refused += self._refuse(operation, part, "gone", [name for name, _ in gone])
            refused += self._refuse(operation, part, "back", [name for name, _ in unable])
            self._settle(operation, part, [name for name, _ in (*gone, *unable)])
        return refused

    def _move(self, action: Action, queue: str, letters: Sequence[Kept], mark: str) -> Sequence[bool]:
        if action == Action.REQUEUE:
            return self._product.requeue(queue, letters, mark)
        if action == Action.PURGE:
            return self._product.purge(queue, letters, mark, self._keep_seconds)
        if action == Action.RESTORE:
            return self._product.restore(queue, letters, mark)
        if action == Action.UNDO:
            return self._product.take_back(queue, letters, mark)
        raise InvalidRequest(N_("%(action)s is no bulk action; use requeue, purge or restore"), action=action.value)

    def _noted(self, operation: str, part: Part, most: int) -> list[str]:
        with self._mirror.access.errors():
            found = self._mirror.access.client.lrange(self._note(operation, part), 0, most - 1)
        return [text(each) for each in found]

    def _settle(self, operation: str, part: Part, done: Sequence[str]) -> None:
        if done:
            with self._mirror.access.errors():
                self._mirror.engine(part.queue).call("mirror_done", operation, *done)

    def _refuse(self, operation: str, part: Part, why: str, refused: Sequence[str]) -> int:
        if not refused:
            return 0
        with self._mirror.access.errors():
            return int(self._mirror.engine(part.queue).call("mirror_refuse", operation, why, *refused))

    def _note(self, operation: str, part: Part) -> str:
        return f"{self._mirror.engine(part.queue).keys.prefix}in:{operation}"

    def _action(self, operation: str, part: Part) -> Action | None:
        engine = self._mirror.engine(part.queue)
        with self._mirror.access.errors():
            kind = self._mirror.access.client.hget(engine.keys.operation(operation), "kind")
        return Action(text(kind)) if kind else None
