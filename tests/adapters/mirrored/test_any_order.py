"""Whatever order things happen in, every job is in exactly one place, and the mirror's own books are right."""

from __future__ import annotations

import itertools
import os
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from dashboard.adapters.contract import Action, ActionRefused, Part, Selector, UnknownJob, UnknownQueue
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.mirrored.moves import mark_key
from queue_core.connection import connect
from queue_core.invariants import audit
from tests.adapters.mirrored.shelf import Shelf

START = 1_700_000_000.0
ACTIONS = st.sampled_from([Action.REQUEUE, Action.PURGE])


class MirroredJobs(RuleBasedStateMachine):
    """Failures, operations that may die, workers, undo, changes by others, in any order."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        connect(self.url).flushdb()
        self.shelf = Shelf(self.url)
        self.adapter = MirroredAdapter(self.shelf, self.url, {})
        self.numbers = itertools.count()
        self.times = itertools.count()
        self.open: dict[str, tuple[Action, Part]] = {}
        self.over: dict[str, tuple[Action, Part]] = {}
        self.jobs: set[str] = set()
        self.removed: set[str] = set()

    def tick(self) -> float:
        return START + next(self.times)

    @rule(count=st.integers(1, 4))
    def jobs_fail(self, count: int) -> None:
        for _ in range(count):
            job_id = f"j{next(self.numbers)}"
            self.jobs.add(job_id)
            self.shelf.add_failed("q", job_id, at=self.tick())

    @rule()
    def the_collector_looks(self) -> None:
        self.adapter._follower.check_soon()
        self.adapter.maintain()

    @rule(action=ACTIONS)
    def an_operation_begins(self, action: Action) -> None:
        try:
            parts = self.adapter.select(action, Selector(queue="q")).parts
        except UnknownQueue:
            return
        for part in parts:
            name = f"op{next(self.numbers)}"
            self.adapter.begin(name, action, part)
            self.open[name] = (action, part)

    @rule(data=st.data(), dies=st.booleans())
    def a_step_is_taken(self, data: Any, dies: bool) -> None:
        if not self.open:
            return
        name = data.draw(st.sampled_from(sorted(self.open)))
        action, part = self.open[name]
        self.shelf.dies = {Action.UNDO: "take_back"}.get(action, action.value) if dies else ""
        try:
            if self.adapter.step(name, action, part, 3).finished:
                self.over[name] = self.open.pop(name)
                moved = self.shelf.client.scard(mark_key(name))
                assert self.adapter.progress(name, part).done == moved
        except KeyboardInterrupt:
            self.shelf = Shelf(self.url)
            self.adapter = MirroredAdapter(self.shelf, self.url, {})
        finally:
            self.shelf.dies = ""

    @rule(data=st.data())
    def an_operation_is_undone(self, data: Any) -> None:
        if not self.over:
            return
        name = data.draw(st.sampled_from(sorted(self.over)))
        action, part = self.over.pop(name)
        back = self.adapter.reverse(name, action, part)
        if back is not None:
            undo = Action.UNDO if action == Action.REQUEUE else Action.RESTORE
            self.adapter.begin(f"back-{name}", undo, back)
            self.open[f"back-{name}"] = (undo, back)

    @rule(fails=st.booleans())
    def workers_run_what_waits(self, fails: bool) -> None:
        self.shelf.run("q", fails_at=self.tick() if fails else 0.0)

    @rule()
    def someone_else_deletes_a_failure(self) -> None:
        for job_id in self.shelf.failed("q")[:1]:
            self.shelf.client.hdel("shelf:q:failed", job_id)
            self.removed.add(job_id)

    @rule(action=ACTIONS)
    def one_job_is_moved(self, action: Action) -> None:
        for job_id in self.shelf.failed("q")[:1]:
            try:
                self.adapter.act(action, "q", job_id)
            except (ActionRefused, UnknownJob):
                continue

    @invariant()
    def every_job_is_in_one_place(self) -> None:
        places = [*self.shelf.waiting("q"), *self.shelf.failed("q"), *self.done(), *self.trashed()]
        assert sorted(places) == sorted(self.jobs - self.removed)

    @invariant()
    def what_is_purged_can_be_restored(self) -> None:
        mirror = self.adapter._mirror
        for job_id in self.trashed():
            state, held = mirror.access.client.hmget(mirror.engine("q").keys.job(job_id), ["st", "io"])
            assert state == b"t" or held is not None, (job_id, state)

    @invariant()
    def the_books_of_the_mirror_are_right(self) -> None:
        mirror = self.adapter._mirror
        if mirror.has("q"):
            wrong = audit(mirror.access.client, "q", namespace=mirror.namespace)
            assert [each for each in wrong if not each.startswith(("I3", "I4"))] == []

    def done(self) -> list[str]:
        return [each.decode() for each in self.shelf.client.hkeys("shelf:q:done")]

    def trashed(self) -> list[str]:
        return [key.decode().split(":")[6] for key in self.shelf.client.scan_iter("redrive:moves:trash:*", count=1_000)]


def test_operations_kills_undo_and_others_keep_every_job_in_one_place(redis_url: str) -> None:
    class Machine(MirroredJobs):
        url = redis_url

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=int(os.environ.get("REDRIVE_EXAMPLES", "25")),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.target],
        ),
    )
