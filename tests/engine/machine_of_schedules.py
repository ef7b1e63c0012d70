"""Schedulers, and people who pause, run and delete a schedule, as rules; the model is what has fired."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queue_core.schedules import Schedules
from tests.engine.machine_of_workers import MachineOfWorkers

NAME = "nightly"
KEY = "key-of-nightly"


class MachineOfSchedules(MachineOfWorkers):
    """One schedule; `fired` are the instants that were run, `paused` whether it was paused."""

    def __init__(self) -> None:
        super().__init__()
        self.schedules = Schedules(self.engine)
        self.fired: list[int] = []
        self.known = self.paused = False
        self.triggers = 0

    def register(self, instant: int) -> int:
        """As an application that has just got another trigger, whose next instant is this one."""
        self.known = True
        self.triggers += 1
        due = int(self.engine.call("schedule", NAME, instant, f"trigger {self.triggers}", "{}", b"j{}"))
        assert due == (0 if self.paused else instant), "a pause outlives a new trigger, and nothing else does"
        return due

    @rule(schedulers=st.integers(1, 3), again=st.booleans(), alone=st.booleans(), missed=st.integers(0, 2))
    def schedulers_fire(self, schedulers: int, again: bool, alone: bool, missed: int) -> None:
        instant = self.fired[-1] + 1 if self.fired else self.now()
        self.register(instant)
        job = self.job(max_retries=0, **({"unique_key": KEY, "unique_mode": "end"} if alone else {}))
        held = alone and bool(self.client.exists(self.keys.unique(KEY)))
        call = ("cron", NAME, instant, instant + 1, *job.argv(), instant, missed)
        codes = [int(self.engine.call(*call)[0]) for _ in range(schedulers)]
        if self.paused:
            assert set(codes) == {0}, "a paused schedule fires nothing"
            return
        if codes[0] == -1:
            return
        assert codes == [3 if held else 1] + [0] * (schedulers - 1), "one of the schedulers fires"
        if not held:
            self.fired.append(instant)
        if again and not held:  # as if a failover had set it back
            self.client.zadd(self.keys.schedules, {NAME: instant})
            assert int(self.engine.call(*call)[0]) == 2
        assert int(self.client.hget(self.keys.schedule(NAME), "n") or 0) == len(self.fired)

    @rule()
    def somebody_pauses_the_schedule(self) -> None:
        assert self.schedules.pause(NAME) == ("missing" if not self.known else "already" if self.paused else "paused")
        self.paused = self.known

    @rule()
    def somebody_resumes_the_schedule(self) -> None:
        assert self.schedules.resume(NAME) == ("missing" if not self.known else "active" if self.paused else "already")
        self.paused = False

    @rule(alone=st.booleans())
    def somebody_runs_the_schedule_now(self, alone: bool) -> None:
        before = self.client.zscore(self.keys.schedules, NAME)
        held = alone and bool(self.client.exists(self.keys.unique(KEY)))
        job = self.job(max_retries=0, **({"unique_key": KEY, "unique_mode": "end"} if alone else {}))
        code = int(self.engine.call("schedule_run", NAME, *job.argv())[0])
        assert code == (-2 if not self.known else -1 if held else 1)
        if code == 1:
            self.arrival[job.id] = len(self.arrival)
            assert int(self.engine.call("schedule_run", NAME, *job.argv())[0]) == 0, "run now is not idempotent"
        assert self.client.zscore(self.keys.schedules, NAME) == before, "run now moves no instant"

    @rule(gone=st.booleans())
    def somebody_deletes_the_schedule(self, gone: bool) -> None:
        state = self.schedules.delete(NAME, unseen_ms=-1 if gone else 60_000)
        assert state == ("missing" if not self.known else "deleted" if gone else "registered")
        if state == "deleted":
            self.known, self.paused, self.fired = False, False, []
