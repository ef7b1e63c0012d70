"""Producers, workers, operators and drivers that are killed, as rules of a state machine over one real source."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dashboard.adapters.contract import Action, ActionRefused, AdapterError, InvalidRequest, Selector
from dashboard.operations.driver import CLAIM_SECONDS, Driver
from dashboard.operations.records import Operation, OperationState, Pace
from queue_core.engine import Claim, Outcome
from queue_core.invariants import audit
from tests.background import World

Item = TypeVar("Item")
picks = st.integers(0, 999)
FINGERPRINTS = ("a" * 16, "b" * 16, "c" * 16)
paces = st.builds(
    Pace,
    rate_per_second=st.sampled_from([None, None, 7.0, 90.0]),
    canary=st.sampled_from([None, None, 1, 5]),
    stop_after_refailed=st.sampled_from([None, None, 1, 4]),
)
KILLED_AT = ("claim", "take", "note", "release", "decide", "slow", "close")
KILLED_AT_THE_SOURCE = ("begin", "_write_selection", "step", "step", "progress", "finish", "outcome")


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


class MachineOfOperations(RuleBasedStateMachine):
    """Every job ever enqueued is kept by its id; operations by theirs, in the order in which they began."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.url)
        self.world.jobs.client.flushdb()
        self.world = World(self.url)
        self.adapter: Any = self.world.services.sources.get("main")
        self.ids: list[str] = []
        self.begun: list[str] = []
        self.held: list[Claim] = []
        self.drivers = [self.world.new_driver(), self.world.new_driver()]
        self.by_hand: Counter[Action] = Counter()

    def pick(self, items: Sequence[Item], number: int) -> Item:
        return items[number % len(items)]

    def operations(self) -> list[Operation]:
        return [self.world.operations.get(each) for each in self.begun]

    # Producers and workers

    @rule(count=st.integers(1, 12))
    def enqueue(self, count: int) -> None:
        self.ids += self.world.jobs.pending(count)

    @rule(count=st.integers(1, 40), kind=st.sampled_from(["s", "p", "p"]), number=picks)
    def work(self, count: int, kind: Any, number: int) -> None:
        self.world.jobs.run(kind, count, self.pick(FINGERPRINTS, number))

    @rule(count=st.integers(1, 60), number=picks)
    def fail_many_new_ones(self, count: int, number: int) -> None:
        self.ids += self.world.jobs.pending(count)
        self.world.jobs.run("p", 1_000, self.pick(FINGERPRINTS, number))

    @rule(count=st.integers(1, 5))
    def begin_to_run(self, count: int) -> None:
        self.held += self.world.jobs.engine.settle("w", claim=count).claims

    @precondition(lambda self: self.held)
    @rule(kind=st.sampled_from(["s", "p", "r"]), number=picks)
    def end_a_run(self, kind: Any, number: int) -> None:
        self.end_a_run_as(kind, self.held.pop(number % len(self.held)), self.pick(FINGERPRINTS, number))

    def end_a_run_as(self, kind: Any, claim: Claim, fingerprint: str = "") -> None:
        ended = Outcome(kind, claim.id, claim.token, fingerprint="" if kind != "p" else fingerprint, message="X: y")
        self.world.jobs.engine.settle("w", [ended])

    # Operators

    @rule(
        action=st.sampled_from([Action.REQUEUE, Action.REQUEUE, Action.PURGE, Action.RESTORE]), number=picks, pace=paces
    )
    def start(self, action: Action, number: int, pace: Pace) -> None:
        some = {"ids": tuple(self.ids[number % 7 :: 3])} if self.ids else {}
        groups = ({"fingerprint": each} for each in FINGERPRINTS)
        chosen: dict[str, Any] = self.pick([*groups, {}, {"type": "send_email"}, some], number)
        with contextlib.suppress(InvalidRequest, ActionRefused):
            started = self.world.operations.start(
                action=action, selector=Selector(source="main", queue="mail", **chosen), reason="to see",
                pace=pace if action == Action.REQUEUE else Pace(),
            )  # fmt: skip
            self.begun.append(started.id)

    @precondition(lambda self: self.begun)
    @rule(verb=st.sampled_from(["pause", "resume", "cancel", "cancel", "undo", "undo"]), number=picks)
    def change(self, verb: str, number: int) -> None:
        with contextlib.suppress(ActionRefused):
            changed = getattr(self.world.operations, verb)(self.pick(self.begun, number))
            if verb == "undo":
                self.begun.append(changed.id)

    @precondition(lambda self: self.ids)
    @rule(action=st.sampled_from([Action.REQUEUE, Action.UNDO, Action.PURGE, Action.RESTORE]), number=picks)
    def act_on_one(self, action: Action, number: int) -> None:
        with contextlib.suppress(AdapterError):
            self.adapter.act(action, "mail", self.pick(self.ids, number))
            self.by_hand[action] += 1

    # Drivers

    @rule(number=picks)
    def drive(self, number: int) -> None:
        self.pick(self.drivers, number).drive()

    @rule(number=picks, place=st.sampled_from(KILLED_AT), call=st.integers(1, 3), after=st.booleans())
    def kill_a_driver(self, number: int, place: str, call: int, after: bool) -> None:
        index = number % len(self.drivers)
        die_at(self.drivers[index], place, call, after=after)
        with contextlib.suppress(Killed):
            self.drivers[index].drive()
        self.drivers[index] = self.world.new_driver()
        self.claims_run_out()

    @rule(number=picks, place=st.sampled_from(KILLED_AT_THE_SOURCE), call=st.integers(1, 3), after=st.booleans())
    def kill_a_driver_at_the_source(self, number: int, place: str, call: int, after: bool) -> None:
        """It dies between what the source records and what the operation's record says."""
        index = number % len(self.drivers)
        die(self.adapter._bulk, place, call, after=after)
        with contextlib.suppress(Killed):
            self.drivers[index].drive()
        delattr(self.adapter._bulk, place)
        self.drivers[index] = self.world.new_driver()
        self.claims_run_out()

    @rule(seconds=st.sampled_from([0.3, 2.0, 60.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.forward(seconds)

    def claims_run_out(self) -> None:
        """What the passing of time does to a dead driver's claims, which the server's clock measures."""
        for each in self.begun:
            self.world.store.client.hset(self.world.store.operation(each), "driver_until", 0)
        self.world.clock.forward(CLAIM_SECONDS)

    # What must hold

    @invariant()
    def the_queue_is_whole(self) -> None:
        assert audit(self.world.jobs.client, "mail") == []

    @invariant()
    def every_job_is_somewhere(self) -> None:
        assert "gone" not in self.world.jobs.states(self.ids)

    @invariant()
    def no_operation_does_more_than_it_said(self) -> None:
        for each in self.operations():
            assert each.done + each.skipped <= each.matched, each
            assert sum(getattr(each.outcome, name) for name in _ENDS) <= each.matched, each

    def teardown(self) -> None:
        """Every operation comes to its end, and the sums agree with what became of the jobs."""
        self.end_all()
        ended = self.operations()
        by = {action: sum(each.done for each in ended if each.action == action) for action in Action}
        all_done = {action: by[action] + self.by_hand[action] for action in Action}
        requeues = sum(self._requeues(job_id) for job_id in self.ids)
        assert requeues == all_done[Action.REQUEUE] - all_done[Action.UNDO]
        assert self.world.jobs.states(self.ids).get("t", 0) == all_done[Action.PURGE] - all_done[Action.RESTORE]
        for each in ended:
            if each.state == OperationState.DONE:
                assert each.done + each.skipped == each.matched, each
        self.the_queue_is_whole()
        self.every_job_is_somewhere()

    def end_all(self) -> None:
        self.claims_run_out()
        while self.held:
            self.end_a_run_as("s", self.held.pop())
        for _ in range(400):
            for each in self.operations():
                if each.state == OperationState.PAUSED:
                    self.world.operations.resume(each.id)
            self.world.jobs.run("s")
            self.world.clock.forward(5.0)
            self.drivers[0].drive()
            if not any(each.open for each in self.operations()):
                return
        raise AssertionError(f"not at an end: {[each for each in self.operations() if each.open]}")

    def _requeues(self, job_id: str) -> int:
        return int(self.world.jobs.client.hget(self.world.jobs.keys.job(job_id), "rq") or 0)  # type: ignore[arg-type]


_ENDS = ("succeeded", "refailed_same", "refailed_new", "cancelled", "taken_back", "pending", "processing")


def die_at(driver: Driver, place: str, call: int, *, after: bool) -> None:
    """Let a driver die at a call of its ledger, before it is made or after."""
    die(driver._ledger, place, call, after=after)


def die(target: Any, place: str, call: int, *, after: bool) -> None:
    """Let whoever makes that call of a method die, before it is made or after."""
    real: Callable[..., Any] = getattr(target, place)
    calls = iter(range(1, 1_000_000))

    def dying(*args: Any, **kwargs: Any) -> Any:
        if next(calls) != call:
            return real(*args, **kwargs)
        if after:
            real(*args, **kwargs)
        raise Killed

    setattr(target, place, dying)
