"""What failed tasks have in common against those that succeeded, of which Celery keeps no list: some were seen."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dashboard.adapters.celery import successes
from dashboard.adapters.contract import Page, Selector, State
from dashboard.group_samples import GroupSamples
from tests.adapters.celery.running import Shop
from tests.adapters.celery.test_requeue_from_the_page import Desk
from tests.waiting import until

GOOD = Selector(queue="celery", type="shop.charge", state=State.SUCCEEDED)


def looked(shop: Shop, product: object = None) -> Shop:
    product, place = product or shop.product, ""
    while place != "rest":
        place = product.look(place, 200).place  # type: ignore[attr-defined]
    return shop


def copies(shop: Shop, of: str, count: int, **changes: object) -> None:
    """More results like that of one task."""
    found = json.loads(shop.backend.get(f"celery-task-meta-{of}") or b"")  # type: ignore[arg-type]
    for number in range(count):
        task_id = f"copy-{number}"
        value = json.dumps({**found, "task_id": task_id, "args": [number], **changes})
        shop.backend.set(f"celery-task-meta-{task_id}", value)
        shop.backend.publish(f"celery-task-meta-{task_id}", value)


@pytest.fixture
def mended(make_shop: Callable[..., Shop]) -> Shop:
    """A shop whose tasks succeed."""
    shop = make_shop()
    shop.worker("celery,mail", pool="threads", slots=1)
    shop.mend()
    return shop


def test_failures_are_compared_with_tasks_that_succeeded_while_someone_listened(mended: Shop) -> None:
    desk = Desk(mended)
    desk.failed()
    good = [mended.send("charge", number, kwargs={"tenant": "small"}) for number in range(12)]
    mended.ended(*good)
    mended.broker.delete("test:mended")
    bad = [mended.send("charge", 7, kwargs={"tenant": "huge"}) for _ in range(12)]
    mended.ended(*bad)
    until(lambda: len(desk.failed()) == 12)
    samples = GroupSamples(desk.bundle.sources, desk.clock)
    contrast = samples.contrast(Selector(source="jobs", queue="celery"))
    assert (contrast.verdict, contrast.succeeded.compared, contrast.succeeded.total) == ("found", 12, None)
    fact = contrast.comparison.rows[0].fact
    assert (fact.path, fact.value) in (("kwargs.tenant", "huge"), ("kwargs.tenant", "small"))
    job = desk.bundle.sources.jobs(Selector(source="jobs"), limit=1).items[0]
    assert job.error is not None
    page = desk.client.get(f"/dead/{job.error.fingerprint}?compare=1").text
    assert "kwargs.tenant" in page


def test_tasks_that_succeeded_before_anyone_listened_are_found_among_the_results(mended: Shop) -> None:
    task_id = mended.send("charge", 3)
    mended.ended(task_id)
    page = looked(mended).product.sample(GOOD, 50)
    assert [job.id for job in page.items] == [task_id]
    (job,) = page.items
    assert (job.queue, job.type, job.state) == ("celery", "shop.charge", State.SUCCEEDED)
    assert job.payload.data == {"args": [3], "kwargs": {}}
    assert (page.total, page.why) == (None, "")


def test_secrets_are_not_kept(mended: Shop) -> None:
    mended.ended(mended.send("charge", 3, kwargs={"password": "hunter2"}))
    (job,) = looked(mended).product.sample(GOOD, 50).items
    assert (job.payload.data["kwargs"]["password"], job.payload.redacted) == ("[redacted]", 1)
    stored = [mended.broker.zrange(key, 0, -1) for key in mended.broker.scan_iter("*:succeeded:*")]
    assert stored
    assert b"hunter2" not in b"".join(each for some in stored for each in some)


def test_another_queue_and_another_task_are_no_sample_of_these(mended: Shop) -> None:
    mended.ended(mended.send("charge", 3, queue="mail"), mended.send("add", 1, 2))
    product = looked(mended).product
    assert product.sample(GOOD, 50).items == ()
    assert len(product.sample(GOOD.narrowed(queue="mail"), 50).items) == 1
    assert len(product.sample(GOOD.narrowed(queue="", type=""), 50).items) == 2


def test_the_samples_are_bounded_and_spread_over_time(mended: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(successes, "MOST_OF_A_KIND", 5)
    task_id = mended.send("charge", 3)
    mended.ended(task_id)
    product = mended.product
    looked(mended)
    copies(mended, task_id, 20)
    until(lambda: product.look("rest", 50) and len(product.sample(GOOD, 50).items) == 5)
    copies(mended, task_id, 20)
    product.look("rest", 50)
    assert len(product.sample(GOOD, 50).items) == 5
    copies(mended, task_id, 1, date_done="2030-01-01T00:00:00+00:00")
    until(lambda: product.look("rest", 50) and any(job.id == "copy-0" for job in product.sample(GOOD, 50).items))
    (key,) = mended.broker.scan_iter("*:succeeded:*")
    assert mended.broker.zcard(key) == 5
    assert 0 < mended.broker.ttl(key) <= successes.KEPT_SECONDS


def test_of_more_tasks_than_are_told_apart_those_go_that_were_not_seen_for_long(
    mended: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(successes, "MOST_KINDS", 2)
    task_id = mended.send("charge", 3)
    mended.ended(task_id)
    looked(mended)
    for number, name in enumerate(("shop.one", "shop.two")):
        mended.product._application.clock = mended.product._successes._clock = lambda number=number: 4e9 + number
        copies(mended, task_id, 1, name=name)
        until(lambda name=name: mended.product.look("rest", 50) and kinds(mended, name))
    assert not kinds(mended, "shop.charge")
    assert len(list(mended.broker.scan_iter("*:succeeded:*"))) == 2


def kinds(shop: Shop, name: str) -> bool:
    return any(name.encode() in kind for kind in shop.broker.zrange("{redrive}:mirror:main:succeeded", 0, -1))


@pytest.mark.parametrize(
    ("settings", "options", "why"),
    [
        ({"extended": False}, {}, successes.BARE),
        ({"conf": {"task_ignore_result": True}}, {}, successes.NONE_SEEN),
        ({}, {"successes": 0}, successes.SWITCHED_OFF),
    ],
)
def test_without_tasks_to_compare_with_it_is_said_why(
    make_shop: Callable[..., Shop], settings: dict[str, object], options: dict[str, object], why: str
) -> None:
    shop = make_shop(**settings)
    shop.worker("celery", pool="threads", slots=1)
    shop.mend()
    task_id = shop.send("charge", 3)
    until(lambda: shop.runs(task_id) == 1)
    until(lambda: shop.state(task_id) == "SUCCESS" or settings.get("conf"))
    product = shop.new_product(**options)
    looked(shop, product)
    page: Page = product.sample(GOOD, 50)
    assert (page.items, page.why) == ((), why)


def test_pickles_and_large_or_damaged_results_are_no_samples(mended: Shop) -> None:
    task_id = mended.send("charge", 3)
    mended.ended(task_id)
    looked(mended)
    copies(mended, task_id, 1, args=["x" * 20_000])
    mended.backend.set("celery-task-meta-odd", b'{"status": "SUCCESS", "name": "shop.charge", "args": [1')
    mended.backend.publish("celery-task-meta-odd", b'{"status": "SUCCESS", "name": "shop.charge", "args": [1')
    last = mended.send("charge", 4)
    mended.ended(last)
    until(lambda: mended.product.look("rest", 50) and len(mended.product.sample(GOOD, 50).items) == 2)
    assert {job.id for job in mended.product.sample(GOOD, 50).items} == {task_id, last}
