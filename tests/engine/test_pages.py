"""Reading in pages: complete, without repeats, bounded, and steady while the queue changes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from queue_core.replies import GroupPage, JobPage, group_page, job_page, row, whole_job
from tests.engine.queue_under_test import QueueUnderTest


def _page(
    queue: QueueUnderTest, residence: str, direction: str = "asc", limit: int = 50, after: tuple[str, str] = ("", ""),
    low: str = "-inf", high: str = "+inf", payload: int = 0,
) -> JobPage:  # fmt: skip
    return job_page(queue.engine.call("page", residence, direction, limit, *after, low, high, payload))


def _groups(
    queue: QueueUnderTest, order: str = "last", limit: int = 50, after: tuple[str, str] = ("", "")
) -> GroupPage:
    return group_page(queue.engine.call("groups", order, limit, *after, "-inf", "+inf"))


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_over_equal_scores_are_complete_and_without_repeats(queue: QueueUnderTest, direction: str) -> None:
    ids = queue.enqueue(23, run_at=queue.now() + 60_000)
    found, after = [], ("", "")
    while rows := _page(queue, "sch", direction, 5, after).rows:
        assert len(rows) <= 5
        found += [each.id for each in rows]
        after = (rows[-1].score, rows[-1].id)
    assert found == (ids if direction == "asc" else ids[::-1])


def test_a_cursor_holds_when_its_job_has_gone_and_others_have_come(queue: QueueUnderTest) -> None:
    ids = queue.enqueue(6)
    first = _page(queue, "pend", limit=3).rows
    queue.claim(4)
    queue.enqueue(2, priority=9)
    rest = _page(queue, "pend", after=(first[-1].score, first[-1].id)).rows
    assert [each.id for each in rest] == ids[4:]


def test_a_page_says_how_many_there_are_and_how_many_lie_within_its_bounds(queue: QueueUnderTest) -> None:
    died = queue.dead(5)
    low, high = queue.record(died[1])["ds"], queue.record(died[3])["ds"]
    page = _page(queue, "df:broken", "desc", low=low, high=high)
    assert (page.total, page.within) == (5, 3)
    assert [each.id for each in page.rows] == died[3:0:-1]


def test_a_page_is_never_larger_than_two_hundred(queue: QueueUnderTest) -> None:
    queue.enqueue(250)
    assert len(_page(queue, "pend", limit=10_000).rows) == 200


def test_payloads_come_along_only_when_asked_for_and_small_enough(queue: QueueUnderTest) -> None:
    queue.enqueue(payload=b"small")
    queue.enqueue(payload=b"\xff" * 100)
    assert [(each.size, each.payload) for each in _page(queue, "pend").rows] == [(5, b""), (100, b"")]
    assert [each.payload for each in _page(queue, "pend", payload=50).rows] == [b"small", b""]


def test_a_residence_that_does_not_exist_is_an_empty_page(queue: QueueUnderTest) -> None:
    assert _page(queue, "df:nothing") == JobPage(0, 0, ())


def test_rows_of_given_jobs_leave_out_unknown_ones(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    (found,) = map(row, queue.engine.call("jobs", 100, "no-job", job))
    assert (found.id, found.state, found.record["ty"], found.fingerprint) == (job, "p", "mail", "")


def test_one_job_is_read_whole(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    (claim,) = queue.claim()
    queue.engine.checkpoint("worker", job, claim.token, b"seven bytes")
    found = whole_job(queue.engine.call("job", job))
    assert found
    assert (found.payload, found.checkpoint_size, found.record["w"]) == (claim.payload, 11, "worker")
    assert found.lease_end == queue.client.zscore(queue.keys.leases, job)
    queue.settle("f", job, blob=b"why")
    failed = whole_job(queue.engine.call("job", job))
    assert failed
    assert (failed.error, failed.lease_end) == (b"why", None)
    assert whole_job(queue.engine.call("job", "no-job")) is None


def test_text_that_is_no_utf_8_is_read_all_the_same(queue: QueueUnderTest) -> None:
    job = queue.enqueue()
    queue.client.hset(queue.keys.job(job), "em", b"\xff bad")
    found = whole_job(queue.engine.call("job", job))
    assert found
    assert found.record["em"] == "\\xff bad"


def test_groups_are_paged_by_last_death_and_by_size(queue: QueueUnderTest) -> None:
    for number in range(7):
        queue.dead(1 + number % 3, fingerprint=f"group-{number}")
    for order in ("last", "count"):
        found, after = [], ("", "")
        while rows := _groups(queue, order, 2, after).rows:
            found += [(float(each.score), each.fingerprint) for each in rows]
            after = (rows[-1].score, rows[-1].fingerprint)
        assert len(set(found)) == 7
        assert all(earlier > later for earlier, later in pairwise(found))


def test_a_group_tells_its_size_trend_and_newest_death(queue: QueueUnderTest) -> None:
    died = queue.dead(4)
    queue.client.zincrby(queue.keys.group("broken"), -2 * 3_600 * 1_000_000, died[0])
    page = _groups(queue)
    assert (page.total, page.dead) == (1, 4)
    (group,) = page.rows
    assert (group.count, group.matched, group.recent, group.newest) == (4, 4, 3, died[3])
    assert group.last_death == int(queue.record(died[3])["ds"])
    assert len(group.trend) == 24
    assert (sum(group.trend), group.trend[-1]) == (4, 3)
    assert group.detail["em"] == "ValueError: broken"


def test_groups_are_looked_up_by_fingerprint(queue: QueueUnderTest) -> None:
    queue.dead(fingerprint="one")
    queue.dead(fingerprint="two")
    page = group_page(queue.engine.call("groups", "these", 50, "", "", "-inf", "+inf", "two", "none"))
    assert [each.fingerprint for each in page.rows] == ["two"]
