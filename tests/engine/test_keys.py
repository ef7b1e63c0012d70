"""Every key the scripts make is one that `queue_core.keys` names, of the type it says, in the queue's own slot."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from queue_core.errors import InvalidJob
from queue_core.keys import QueueKeys, check_job_id, check_queue_name
from queue_core.replies import RECORD_FIELDS
from tests.engine.queue_under_test import QueueUnderTest


def _named() -> dict[str, str]:
    """Pattern of a key -> its type, from the first word of its documentation."""
    keys, found = QueueKeys.of("under-test"), {}
    for name, member in inspect.getmembers(QueueKeys):
        if name.startswith("_") or name in ("of", "prefix"):
            continue
        is_property = isinstance(member, property)
        key = getattr(keys, name) if is_property else getattr(keys, name)(7 if name == "minute" else "NAME")
        words = re.match(r"\w+", (member.fget if is_property else member).__doc__ or "")
        assert words, f"{name} does not say its type"
        pattern = re.escape(key).replace("NAME", r"[^{}]+")
        found[re.sub(r"m:7$", r"m:\\d+", pattern)] = words[0].lower()
    return found


def _one_of_everything(queue: QueueUnderTest) -> None:
    now = queue.now()
    queue.enqueue(unique_key="k", unique_mode="end", priority=99)
    (claim,) = queue.claim()
    queue.engine.checkpoint("worker", claim.id, claim.token, b"cursor")
    queue.dead(4, priority=98)
    queue.engine.control_job("edit", "job-0005", b"mended")
    queue.operate("op-1", "requeue", "df:broken", high=queue.record("job-0002")["ds"])
    queue.engine.call("select", "op-2", "purge", "job-0003")
    queue.operate("op-3", "purge", "df:broken", high=queue.record("job-0003")["ds"])
    queue.engine.bulk_start("op-4", "purge", "sch")
    queue.enqueue(run_at=now + 60_000)
    queue.engine.call("schedule", "nightly", now - 5, "{}", "{}", b"j{}")
    queue.engine.call("cron", "nightly", now - 5, now + 60_000, *queue.new(id="nightly-1").argv(), now - 5, 0)
    for kind, blob in (("s", b"result"), ("f", b"why")):
        job = queue.enqueue(priority=100)
        queue.claim()
        queue.settle(kind, job, blob=blob)  # type: ignore[arg-type]
    queue.engine.control_job("cancel", queue.enqueue())
    queue.engine.configure(ok_cap=0)
    queue.enqueue(priority=100)
    queue.run("s")
    queue.engine.tick()


def test_every_key_has_a_name_a_type_and_the_slot_of_its_queue(queue: QueueUnderTest) -> None:
    _one_of_everything(queue)
    named, seen = _named(), set()
    for key in map(bytes.decode, queue.client.scan_iter(count=500)):
        matching = {pattern for pattern in named if re.fullmatch(pattern, key)}
        assert matching, f"{key} is not in queue_core.keys"
        assert queue.client.type(key).decode() in {named[pattern] for pattern in matching}, key
        assert key.startswith("{q:under-test}:")
        seen |= matching
    assert named.keys() - seen == set(), "these were never made"


@pytest.mark.parametrize("name", ["", "a b", "a*", "ä", "a" * 49, "a{b}", "a\n"])
def test_a_name_that_could_reach_another_key_is_refused(name: str) -> None:
    with pytest.raises(InvalidJob, match="use 1 to 48"):
        check_queue_name(name)


@pytest.mark.parametrize("job_id", ["", "a b", "a*", "a" * 65, "a|b", "a\n"])
def test_an_id_that_could_reach_another_key_is_refused(job_id: str) -> None:
    with pytest.raises(InvalidJob, match="use 1 to 64"):
        check_job_id(job_id)


def test_every_key_and_every_field_of_a_record_is_documented(queue: QueueUnderTest) -> None:
    text = (Path(__file__).parents[2] / "docs/redis-data.md").read_text()
    documented = set(re.findall(r"`([a-z0-9_]+)(?:[:\\|`])", text))
    _one_of_everything(queue)
    keys = {key.decode().removeprefix("{q:under-test}:").partition(":")[0] for key in queue.client.scan_iter()}
    records = {field.decode() for key in queue.client.scan_iter(match="*:j:*") for field in queue.client.hkeys(key)}
    totals = {field.decode().partition("|")[0] for field in queue.client.hkeys(queue.keys.counters)}
    settings = {field.decode() for field in queue.client.hkeys(queue.keys.meta)}
    assert (keys | records | totals | settings) - documented == set()
    assert set(RECORD_FIELDS) - documented == set()
