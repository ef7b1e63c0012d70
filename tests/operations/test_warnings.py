"""What a plan warns of: each warning appears when it is true, goes when it is not, and never holds a plan up."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dashboard.adapters.contract import Action, Selector, SourceUnavailable
from dashboard.operations import warnings
from dashboard.operations.records import Caution, Weight
from queue_core import keys
from queue_core.engine import NewJob, Outcome
from tests.background import World


def cautions(world: World, action: Action = Action.REQUEUE, **narrowed: Any) -> dict[str, Caution]:
    plan = world.operations.plan(action, Selector(source="main", queue="mail", **narrowed))
    return {caution.kind: caution for caution in plan.cautions}


def worker(world: World, *, started: float, version: str = "", name: str = "w1", queue: str = "mail") -> None:
    """A living worker as it reports itself."""
    now = time.time()
    world.jobs.client.zadd(keys.workers(), {name: now + 60})
    report = {"queues": f'["{queue}"]', "started": started, "heartbeat": now, "version": version}
    world.jobs.client.hset(keys.worker(name), mapping=report)


def quiet(world: World, fingerprint: str = "f1") -> None:
    """Let a group's deaths be ten minutes old."""
    ago = int((time.time() - 600) * 1e6)
    for job_id in world.jobs.client.zrange(world.jobs.keys.group(fingerprint), 0, -1):
        world.jobs.client.zadd(world.jobs.keys.group(fingerprint), {job_id: ago})
    world.jobs.client.zadd(world.jobs.keys.group_last, {fingerprint: ago})


def test_an_error_that_nothing_was_done_about_is_not_fixed_since(world: World) -> None:
    world.jobs.dead(3)
    worker(world, started=time.time() - 3_600, version="shop 4.3")
    found = cautions(world)["not_fixed_since"]
    assert "no worker of mail has started or changed its version since ValueError last happened" in found.text
    assert "It has run version shop 4.3 for 1 h" in found.text
    assert (found.weight, found.advice[:10]) == (Weight.FAIL, "Deploy the")


def test_a_worker_that_started_since_may_have_the_fix(world: World) -> None:
    world.jobs.dead(3)
    worker(world, started=time.time() - 3_600, version="shop 4.3")
    worker(world, started=time.time() + 1, version="shop 4.3", name="w2")
    assert "not_fixed_since" not in cautions(world)


def test_workers_of_other_queues_fix_nothing(world: World) -> None:
    world.jobs.dead(3)
    worker(world, started=time.time() - 3_600)
    worker(world, started=time.time() + 1, name="w2", queue="billing")
    assert "a version they do not report" in cautions(world)["not_fixed_since"].text


def test_an_error_of_this_moment_is_still_happening_and_an_old_one_is_not(world: World) -> None:
    world.jobs.dead(7, message="builtins.ValueError: password=hunter2")
    found = cautions(world)["still_happening"]
    assert found.text == "ValueError is still happening: 7 jobs of mail in the last 5 minutes"
    assert found.weight == Weight.FAIL
    quiet(world)
    assert "still_happening" not in cautions(world)


def test_of_many_growing_errors_three_are_named(world: World) -> None:
    for number in range(12):
        world.jobs.dead(1 + number, f"f{number}", f"shop.Error{number}: no")
    texts = [caution.text for caution in world.plan().cautions if caution.kind == "still_happening"]
    assert [text.split()[0] for text in texts] == ["Error11", "Error10", "Error9", "9"]
    assert texts[-1] == "9 more selected errors are still happening: 45 jobs in the last 5 minutes"


def test_four_growing_errors_are_all_named(world: World) -> None:
    for number in range(4):
        world.jobs.dead(1 + number, f"f{number}", f"shop.Error{number}: no")
    texts = [caution.text for caution in world.plan().cautions if caution.kind == "still_happening"]
    assert [text.split()[0] for text in texts] == ["Error3", "Error2", "Error1", "Error0"]


def test_chosen_jobs_are_checked_by_the_errors_of_a_sample(world: World) -> None:
    ids = world.jobs.dead(2)
    assert "still_happening" in cautions(world, ids=tuple(ids))


def test_a_paused_queue_and_one_that_nobody_serves_are_named(world: World) -> None:
    world.jobs.dead(1)
    world.jobs.engine.pause()
    found = cautions(world)
    assert found["paused"].text == "mail is paused; requeued jobs wait until it is resumed"
    assert found["no_worker"].text == "No worker serves mail; requeued jobs wait until one starts"
    world.jobs.engine.resume()
    worker(world, started=time.time())
    assert not {"paused", "no_worker"} & set(cautions(World(world.url)))  # workers are shared for half a second


def test_a_queue_over_a_limit_is_backed_up(redis_url: str) -> None:
    limits = {"backed_up_pending": 4, "backed_up_seconds": 86_400}
    world = World(redis_url, {"sources": [{"name": "main", "url": redis_url}], "limits": limits})
    world.jobs.dead(1)
    world.jobs.pending(4)
    assert "backed_up" not in cautions(world)
    world.jobs.pending(1)
    assert cautions(world)["backed_up"].text == "mail is backed up: 5 jobs are pending, limit 4"
    limits = {"backed_up_seconds": 1e-9}
    world = World(redis_url, {"sources": [{"name": "main", "url": redis_url}], "limits": limits})
    assert "its oldest pending job waits" in cautions(world)["backed_up"].text


def test_jobs_whose_unique_key_another_holds_are_counted(world: World) -> None:
    engine = world.jobs.engine
    for number in range(3):
        unique = {"unique_key": f"order-{number}", "unique_mode": "end"}
        engine.enqueue([NewJob(f"u{number}", "send", b"j{}", max_retries=0, **unique)])  # type: ignore[arg-type]
        (claim,) = engine.settle("w", claim=1).claims
        engine.settle("w", [Outcome("p", claim.id, claim.token, fingerprint="f1", message="E: x")])
    assert "unique_key_held" not in cautions(world)
    for number in range(2):
        engine.enqueue([NewJob(f"v{number}", "send", b"j{}", unique_key=f"order-{number}", unique_mode="end")])
    found = cautions(world)["unique_key_held"]
    assert found.text == "2 jobs would be skipped: another job holds their unique key"
    operation = world.start()
    world.drive()
    assert (world.operations.get(operation.id).done, world.operations.get(operation.id).skipped) == (1, 2)


def test_jobs_that_failed_long_ago_are_counted_with_the_oldest(redis_url: str) -> None:
    limits = {"old_days": 5 / 1_440}
    world = World(redis_url, {"sources": [{"name": "main", "url": redis_url}], "limits": limits})
    world.jobs.dead(3, "f1")
    quiet(world, "f1")
    world.jobs.dead(2, "f2")
    found = cautions(world)["too_old"]
    assert found.text.startswith("3 jobs failed more than 5 min ago, the oldest 10 min")
    assert found.weight == Weight.NOTE
    assert "too_old" not in cautions(world, fingerprint="f2")


def test_the_heaviest_warning_comes_first_and_only_a_requeue_is_warned_of(world: World) -> None:
    world.jobs.dead(1)
    world.jobs.engine.pause()
    plan = world.plan()
    weights = [caution.weight for caution in plan.cautions]
    assert weights == sorted(weights, reverse=True)
    assert plan.warnings == tuple(caution.text for caution in plan.cautions)
    assert world.plan(Action.PURGE).cautions == ()


def test_a_check_that_fails_says_so_and_holds_nothing_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.jobs.dead(2)
    world.jobs.engine.pause()
    adapter = world.services.sources.get("main")

    def silent() -> Any:
        raise SourceUnavailable("source main: no answer within 3 s")

    monkeypatch.setattr(type(adapter), "workers", lambda _: silent(), raising=False)
    plan = world.plan()
    unchecked = [caution.text for caution in plan.cautions if caution.kind == "unchecked"]
    assert "Could not check whether workers serve the target queues: source main: no answer within 3 s" in unchecked
    assert "still_happening" in {caution.kind for caution in plan.cautions}
    assert world.operations.start(plan_token=plan.token).matched == 2


def test_every_check_has_what_the_plan_needs_of_it() -> None:
    from dashboard.discovery import modules  # noqa: PLC0415

    found = list(modules(warnings))
    assert len(found) >= 7
    assert all(callable(module.check) and module.WHAT for module in found)
