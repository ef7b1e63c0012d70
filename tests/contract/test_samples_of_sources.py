"""One sample of several sources: each gives as many jobs as its list has of the whole."""

from __future__ import annotations

from dashboard.adapters import merge
from dashboard.adapters.contract import Job, Page, State


def sample(source: str, read: int, total: int) -> Page[Job]:
    jobs = tuple(Job(f"{source}-{n}", source, "mail", "send", State.FAILED) for n in range(read))
    return Page(jobs, total=total, searched=read, complete=read == total)


def test_one_source_is_its_own_sample() -> None:
    page = sample("main", 200, 900)
    assert merge.samples([page], 200) is page


def test_several_sources_share_the_sample_by_their_size() -> None:
    merged = merge.samples([sample("large", 200, 900), sample("small", 100, 100), sample("empty", 0, 0)], 200)
    counts = {name: sum(job.source == name for job in merged.items) for name in ("large", "small", "empty")}
    assert counts == {"large": 180, "small": 20, "empty": 0}
    assert (merged.total, merged.searched, merged.complete) == (1_000, 300, False)
    assert [job.id for job in merged.items if job.source == "small"][:3] == ["small-0", "small-5", "small-10"]


def test_small_lists_are_given_whole() -> None:
    merged = merge.samples([sample("one", 3, 3), sample("two", 4, 4)], 200)
    assert len(merged.items) == merged.total == 7
    assert merged.complete


def test_a_source_that_does_not_answer_leaves_the_total_unknown() -> None:
    merged = merge.samples([sample("main", 5, 5)], 200, missing=True)
    assert (len(merged.items), merged.total, merged.complete) == (5, None, False)


def test_no_jobs_at_all_are_an_empty_sample() -> None:
    merged = merge.samples([sample("one", 0, 0), sample("two", 0, 0)], 200)
    assert (merged.items, merged.total) == ((), 0)
