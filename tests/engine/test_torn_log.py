"""A server that died in the middle of a write: whatever prefix of its log is left, every job is in one place."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from queue_core.connection import connect
from tests.conftest import RealServer
from tests.engine.queue_under_test import QueueUnderTest

LOGGED = ("--appendonly", "yes", "--appendfsync", "no", "--aof-load-truncated", "yes")


def _history(queue: QueueUnderTest) -> None:
    """A bit of everything; each line of it is one or more scripts."""
    queue.enqueue(8, unique_mode="", max_retries=1)
    queue.enqueue(unique_key="k", unique_mode="end", run_at=queue.now() + 60_000)
    queue.dead(4, priority=50)
    for kind in ("s", "f", "t", "k", "r", "x"):
        (claim,) = queue.claim()
        queue.engine.checkpoint("worker", claim.id, claim.token, b"cursor")
        queue.settle(kind, claim.id, blob=b"blob")  # type: ignore[arg-type]
    queue.operate("op-1", "requeue", "df:broken", limit=1)
    queue.run("p", fingerprint="again")
    queue.operate("op-2", "undo", "oq:op-1", limit=2)
    queue.operate("op-3", "purge", "pend", limit=2)
    queue.operate("op-4", "restore", "tr:op-3", limit=2)
    (abandoned, *_) = queue.claim(2)
    queue.let_lease_end(abandoned.id)
    queue.engine.configure(trash_age=-1, ok_cap=1)
    queue.operate("op-5", "purge", "rty")
    queue.engine.tick()


def _log(folder: Path) -> Path:
    """The file that commands are appended to."""
    return max(folder.rglob("*.aof"), key=lambda path: path.stat().st_size)


@pytest.mark.faults
def test_every_prefix_of_the_log_is_a_whole_queue(make_server: type[RealServer], tmp_path: Path) -> None:
    server = make_server(*LOGGED).start()
    queue = QueueUnderTest(connect(server.url))
    _history(queue)
    assert queue.problems() == []
    server.kill()
    size = _log(server.folder).stat().st_size
    chance = random.Random(7)
    jobs = set()
    for number in range(12):
        folder = Path(shutil.copytree(server.folder, tmp_path / str(number)))
        with _log(folder).open("r+b") as log:
            log.truncate(chance.randint(size // 20, size))
        torn = make_server(*LOGGED, folder=folder).start()
        found = QueueUnderTest(connect(torn.url))
        assert found.problems() == []
        jobs.add(found.counter("c"))
        torn.kill()
    assert len(jobs) > 4, "the prefixes differ"
