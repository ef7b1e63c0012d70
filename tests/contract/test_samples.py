"""A sample stands for the whole list: spread evenly, bounded, and with its size told."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from dashboard.adapters.contract import Action, Adapter, Capability, Selector, State, UnknownQueue
from tests.contract import words

pytestmark = pytest.mark.needs(Capability.GROUPS)


def test_a_sample_is_spread_over_the_whole_list_and_has_the_newest(adapter: Adapter, seeder: Any) -> None:
    made = seeder.failed("mail", 300)
    page = adapter.sample(Selector(queue="mail", fingerprint="a" * 16), limit=30)
    places = [made.index(job.id) for job in page.items]
    assert (len(page.items), page.total, page.searched, page.complete) == (30, 300, 30, False)
    assert places == sorted(places, reverse=True)
    assert (places[0], places[-1]) == (299, 0)
    gaps = [earlier - later for earlier, later in pairwise(places)]
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize("limit", [1, 7, 150, 1_000])
def test_a_short_list_is_sampled_whole_and_a_long_one_within_the_limit(
    adapter: Adapter, seeder: Any, limit: int
) -> None:
    made = seeder.failed("mail", 120)
    page = adapter.sample(Selector(queue="mail"), limit=limit)
    assert len(page.items) == min(limit, 120)
    assert page.items[0].id == made[-1]
    assert len({job.id for job in page.items}) == len(page.items)
    assert page.complete is (limit >= 120)


def test_a_sample_of_all_dead_letters_takes_from_every_group_and_queue(adapter: Adapter, seeder: Any) -> None:
    for number in range(4):
        seeder.failed("mail", 30, fingerprint=f"{number:016x}")
    seeder.failed("bills", 60, fingerprint="b" * 16)
    page = adapter.sample(Selector(), limit=30)
    taken = [job.error.fingerprint for job in page.items if job.error]
    assert page.total == 180
    assert 8 <= taken.count("b" * 16) <= 12
    assert set(taken) == {"b" * 16, *(f"{number:016x}" for number in range(4))}


def test_a_sample_has_arguments_without_secrets_and_leaves_out_large_ones(adapter: Adapter, seeder: Any) -> None:
    seeder.succeeded("mail", 1)
    seeder.failed("mail", 1, data={"to": "bob", "password": "hunter2"})
    (job,) = adapter.sample(Selector(queue="mail")).items
    assert words.plain(seeder, job.payload.data) == {"to": "bob", "password": "[redacted]"}
    assert job.payload.redacted == 1
    (large,) = seeder.failed("mail", 1)
    seeder.store("mail", large, b'j"' + b"x" * 5_000 + b'"')
    newest = adapter.sample(Selector(queue="mail")).items[0]
    assert newest.id == large
    assert "4 kB" in newest.payload.undecodable
    assert newest.payload.size == 5_003


def test_a_sample_of_jobs_that_succeeded_is_of_the_type_asked_for(adapter: Adapter, seeder: Any) -> None:
    for number in range(40):
        seeder.processing("mail", 1, type=("send", "bill")[number % 2])
        seeder.finish("mail")
    page = adapter.sample(Selector(queue="mail", state=State.SUCCEEDED, type="bill"), limit=10)
    assert {job.type for job in page.items} == {"bill"}
    assert len(page.items) == 10
    assert (page.total, page.searched) == (40, 40)
    assert {job.state for job in page.items} == {State.SUCCEEDED}


@pytest.mark.parametrize("state", list(State))
def test_jobs_of_every_state_can_be_sampled(adapter: Adapter, seeder: Any, state: State) -> None:
    extra = {"at": 4e9} if state == State.SCHEDULED else {}
    getattr(seeder, state.value)("mail", 3, **extra)
    page = adapter.sample(Selector(queue="mail", state=state))
    assert {job.state for job in page.items} == {state}
    assert (len(page.items), page.total) == (3, 3)


def test_a_sample_keeps_to_the_times_and_fields_of_its_selector(adapter: Adapter, seeder: Any) -> None:
    seeder.failed("mail", 5)
    assert adapter.sample(Selector(queue="mail", until=1.0)).items == ()
    assert adapter.sample(Selector(queue="mail", until=1.0)).total == 0
    assert len(adapter.sample(Selector(queue="mail", since=1.0, until=4e9)).items) == 5
    assert adapter.sample(Selector(queue="mail", error="nothing")).items == ()


def test_nothing_is_sampled_from_nothing(adapter: Adapter, seeder: Any) -> None:
    (job_id,) = seeder.failed("mail", 1)
    adapter.act(Action.PURGE, "mail", job_id)
    page = adapter.sample(Selector())
    assert (page.items, page.total, page.complete) == ((), 0, True)
    with pytest.raises(UnknownQueue):
        adapter.sample(Selector(queue="nothing"))
