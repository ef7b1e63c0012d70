"""Whatever lies in Redis: nothing is executed, nothing is slow, nothing is broken, and what cannot be read says so."""

from __future__ import annotations

import base64
import os
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest

from dashboard.adapters.contract import Action, AdapterError, Exactness, State
from dashboard.adapters.rq.product import RQProduct
from tests.adapters.rq import tasks
from tests.adapters.rq.real import RealRQ, everything, kept


class Command:
    """A pickle that runs a command of the shell when it is loaded."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __reduce__(self) -> Any:
        return os.system, (self.text,)


def bomb() -> Any:
    """A value of 60 lists whose text has 2 to the power of 60 items."""
    value: list[Any] = []
    for _ in range(60):
        value = [value, value]
    return value


def data(*args: Any) -> bytes:
    return zlib.compress(pickle.dumps(("tests.adapters.rq.tasks.fail", None, args, {})))


def read_everything(product: RQProduct, job_id: str) -> str:
    """All that is shown of a queue and of a job in it."""
    product.queues(), product.workers(), product.schedules()
    pages = [product.page("mail", state) for state in State]
    return repr((pages, product.job("mail", job_id), everything(product)))


def test_a_pickle_that_would_run_a_command_is_described_and_not_run(
    product: RQProduct, real: RealRQ, tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    (job_id,) = real.failed(1)
    hostile = Command(f"touch {mark}")
    real.connection.hset(f"rq:job:{job_id}", mapping={"data": data(hostile), "meta": pickle.dumps(hostile)})
    shown = read_everything(product, job_id)
    assert "system" in shown
    assert "touch" in shown
    edit = next(offer for offer in product.job("mail", job_id).actions if offer.action == Action.EDIT)
    assert edit.exactness == Exactness.IMPOSSIBLE
    product.requeue("mail", [kept(letter) for letter in everything(product)], "op")
    assert not mark.exists()


def test_a_value_whose_text_never_ends_is_cut(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    real.connection.hset(f"rq:job:{job_id}", mapping={"data": data(bomb()), "meta": pickle.dumps(bomb())})
    assert len(read_everything(product, job_id)) < 1_000_000


@pytest.mark.parametrize(
    "stored",
    [
        b"", b"damaged", b"\x80\x04.", zlib.compress(b"\x80\x04N."), zlib.compress(b"[1, 2"), zlib.compress(b"[]"),
        zlib.compress(b"[" * 100_000), zlib.compress(bytes(80_000_000)), zlib.compress(pickle.dumps(("f", None, 3, 4))),
        zlib.compress(b'["f", null, [], {}]')[:-8], b"\xff" * 100, zlib.compress(pickle.dumps(({}, [], (), {}))),
    ],
    ids=["none", "damaged", "no-pickle", "null", "no-json", "empty", "deep", "80-MB-of-zeros", "no-arguments", "cut",
         "bytes", "no-name"],
)  # fmt: skip
def test_damaged_arguments_are_said_to_be_so_and_the_job_is_shown(
    product: RQProduct, real: RealRQ, stored: bytes
) -> None:
    (job_id,) = real.failed(1)
    real.connection.hset(f"rq:job:{job_id}", "data", stored)
    read_everything(product, job_id)
    job = product.job("mail", job_id)
    (letter,) = everything(product)
    assert job.error is not None
    assert job.error.type == letter.error_type == "ValueError"
    assert letter.undecodable == job.payload.undecodable
    assert letter.type


def test_fifty_megabytes_are_never_read(product: RQProduct, real: RealRQ) -> None:
    (failed,) = real.failed(1)
    result = real.add(tasks.large, 50_000_000)
    real.work()
    waiting = real.add(tasks.send)
    large = b"x" * 50_000_000
    for job_id in (failed, waiting):
        fields = dict.fromkeys(("data", "meta", "description", "worker_name", "timeout"), large)
        real.connection.hset(f"rq:job:{job_id}", mapping=fields)  # type: ignore[arg-type]
    before = int(real.connection.info("stats")["total_net_output_bytes"])
    for job_id in (failed, result, waiting):
        read_everything(product, job_id)
    assert int(real.connection.info("stats")["total_net_output_bytes"]) - before < 1_000_000
    assert "not read" in product.job("mail", result).result
    assert "not read" in product.job("mail", failed).payload.undecodable
    assert product.job("mail", failed).payload.size == 50_000_000
    real.mend()
    assert list(product.purge("mail", [kept(letter) for letter in everything(product)], "op", 60)) == [True]


def test_a_long_error_is_given_with_its_beginning_and_its_end(product: RQProduct, real: RealRQ) -> None:
    job_id = real.add(tasks.chatty, 3_000_000)
    real.work()
    (letter,) = everything(product)
    assert len(letter.traceback) < 500_000
    assert "in chatty" in letter.traceback
    assert letter.traceback.rstrip().endswith("the end")
    assert product.job("mail", job_id).error is not None


def test_names_with_markup_and_separators_are_names(product: RQProduct, real: RealRQ) -> None:
    name = "<b>x</b>:a {b}\n"
    ids = real.failed(1, queue=name)
    (letter,) = everything(product)
    assert (letter.queue, letter.id) == (name, ids[0])
    real.mend()
    assert list(product.requeue(name, [kept(letter)], "op")) == [True]
    real.work(name)
    assert real.ran() == {ids[0]: 1}


def test_missing_fields_are_not_known_rather_than_nothing(product: RQProduct, real: RealRQ) -> None:
    (job_id,) = real.failed(1)
    real.connection.delete(f"rq:job:{job_id}", f"rq:results:{job_id}")
    real.connection.hset(f"rq:job:{job_id}", "status", "failed")
    job = product.job("mail", job_id)
    assert (job.state, job.created_at, job.started_at, job.timeout, job.worker) == (State.FAILED, None, None, None, "")
    (letter,) = everything(product)
    assert (letter.started_at, letter.error_type, letter.type) == (None, "", "unknown")
    assert letter.failed_at > 0


@pytest.mark.parametrize("key", ["rq:failed:mail", "rq:results:{id}", "rq:job:{id}:dependents", "rq:executions:{id}",
                                 "rq:scheduled:mail", "rq:queue:mail:intermediate", "rq:worker:w1"])  # fmt: skip
def test_keys_of_another_type_hide_nothing_else(product: RQProduct, real: RealRQ, key: str) -> None:
    (job_id,) = real.failed(1)
    real.connection.sadd("rq:workers", "rq:worker:w1")
    name = key.format(id=job_id)
    real.connection.delete(name)
    real.connection.set(name, "text")
    assert [queue.name for queue in product.queues()] == ["mail"]
    assert product.job("mail", job_id).state == State.FAILED
    product.workers()
    product.look("", 100)


def test_members_that_rq_cannot_have_written_are_passed_over(product: RQProduct, real: RealRQ) -> None:
    real.failed(1)
    real.connection.sadd("rq:queues", b"\xff\xfe", b"rq:queue:\xff", "other:queue:x")
    real.connection.sadd("rq:workers", b"\xff", "nothing")
    real.connection.zadd("rq:failed:mail", {b"\xff": 4e9})
    real.connection.lpush("rq:queue:mail", b"\xff")
    assert [queue.name for queue in product.queues()] == ["mail"]
    assert product.workers() == []
    assert len(everything(product)) == 1
    assert product.page("mail", State.PENDING).items == ()


def test_an_index_of_another_type_is_an_error_of_the_source(product: RQProduct, real: RealRQ) -> None:
    real.connection.set("rq:queues", "text")
    with pytest.raises(AdapterError, match="jobs"):
        product.queues()


def test_a_result_that_would_run_a_command_is_described_and_not_run(
    product: RQProduct, real: RealRQ, tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    job_id = real.add(tasks.send)
    real.work()
    stored = base64.b64encode(pickle.dumps(Command(f"touch {mark}"))).decode()
    real.connection.xadd(f"rq:results:{job_id}", {"type": "1", "return_value": stored})
    assert "system" in product.job("mail", job_id).result
    assert not mark.exists()


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "2", "exc_string": "no base64"}, {"type": "2", "exc_string": base64.b64encode(b"not compressed")},
        {"type": "2", "exc_string": base64.b64encode(zlib.compress(bytes(80_000_000)))}, {"type": "9"}, {"other": "x"},
        {"type": "2", "exc_string": base64.b64encode(zlib.compress(b"\xff<script>")), "execution_started_at": "soon"},
    ],
)  # fmt: skip
def test_damaged_results_are_shown_as_far_as_they_can_be_read(
    product: RQProduct, real: RealRQ, entry: dict[str, Any]
) -> None:
    (job_id,) = real.failed(1)
    real.connection.xadd(f"rq:results:{job_id}", entry)
    job = product.job("mail", job_id)
    (letter,) = everything(product)
    assert job.state == State.FAILED
    assert len(job.history) == 2
    assert len(letter.traceback) < 300_000
