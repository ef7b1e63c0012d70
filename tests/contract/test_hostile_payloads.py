"""Whatever lies in Redis is shown safely and quickly, or said not to be readable."""

from __future__ import annotations

import json
import pickle
import zlib

import pytest

from dashboard.adapters.contract import Adapter, Selector
from dashboard.redaction import HIDDEN, TOO_DEEP, Redaction
from tests.contract.seeders.queue_core import Seeder

SHOWN = 65_536


@pytest.fixture
def kind() -> str:
    return "queue_core"


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (b"j{not json", "not JSON"),
        (b"b\x00\xff\xfe", "not JSON"),
        (b"b" + pickle.dumps({"a": 1}), "not JSON"),
        (b"J" + b"damaged", "damaged"),
        (b"j" + b"[" * 20_000, "not JSON"),
        (b"j" + b"9" * 5_000, "not JSON"),
        (b"j\xff\xff", "not JSON"),
        (b"\x80\x04", "not JSON"),
        (b"j" + json.dumps({"x": "y" * 3_000_000}).encode(), "larger than 64 kB"),
        (b"J" + zlib.compress(b'{"x":"' + b"y" * 50_000_000 + b'"}'), "larger than 64 kB"),
    ],
    ids=["broken", "bytes", "pickle", "damaged", "deep", "digits", "no-text", "codec", "3-MB", "bomb"],
)
def test_what_is_not_small_json_is_shown_in_part_and_says_why(
    adapter: Adapter, seeder: Seeder, stored: bytes, why: str
) -> None:
    (job_id,) = seeder.failed("mail", 1)
    seeder.store("mail", job_id, stored)
    payload = adapter.job("mail", job_id).payload
    assert payload.data is None
    assert why in payload.undecodable
    assert payload.size == len(stored)
    assert len(payload.raw) <= SHOWN


def test_numbers_and_text_that_json_cannot_carry_on_are_shown_as_text(adapter: Adapter, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1)
    seeder.store("mail", job_id, b'j{"a":NaN,"b":1e999,"c":"\\ud800","\\ud800":"<script>alert(1)</script>"}')
    data = adapter.job("mail", job_id).payload.data
    assert data == {"a": "NaN", "b": "1e999", "c": "?", "?": "<script>alert(1)</script>"}
    json.dumps(data, allow_nan=False, ensure_ascii=False).encode("utf-8")


def test_deep_json_is_cut(adapter: Adapter, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1)
    seeder.store("mail", job_id, b"j" + b"[" * 500 + b"]" * 500)
    payload = adapter.job("mail", job_id).payload
    assert payload.truncated
    assert TOO_DEEP in json.dumps(payload.data)


def test_secrets_are_hidden_in_what_is_not_json_too(adapter: Adapter, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1, error="ValueError: login(password='hunter2') at redis://u:hunter2@host/0")
    seeder.store("mail", job_id, b'j{"password": "hunter2", "to": ')
    job = adapter.job("mail", job_id)
    assert "hunter2" not in repr(job)
    assert job.payload.redacted == 1
    assert "hunter2" not in repr(adapter.groups(Selector()).items)


def test_damaged_records_and_keys_do_not_hide_the_other_queues(adapter: Adapter, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1)
    seeder.client.hset(seeder.engine("mail").keys.job(job_id), mapping={"at": "many", "ca": "\xff", "st": "?"})
    seeder.client.sadd("queues", "not a {queue}", "broken")
    seeder.client.set(seeder.engine("broken").keys.meta, "text")
    queues = {queue.name: queue for queue in adapter.queues()}
    assert queues.keys() == {"mail", "broken"}
    assert adapter.job("mail", job_id).attempts == 0
    assert queues["broken"].failed is None
    assert queues["mail"].failed == 1


@pytest.mark.parametrize(
    ("name", "hidden"),
    [("password", True), ("X-Api-Key", True), ("apiKey", True), ("userPASSWORDhash", True), ("passage", False)],
)
def test_a_field_is_hidden_by_a_part_of_its_name(name: str, hidden: bool) -> None:
    shown = Redaction(["password", "api_key"]).value([{"deep": {name: "x"}}])
    assert shown.value == [{"deep": {name: HIDDEN if hidden else "x"}}]
    assert shown.hidden == int(hidden)


def test_a_hidden_value_that_is_null_stays_null() -> None:
    assert Redaction(["token"]).value({"token": None}).value == {"token": None}


@pytest.mark.parametrize(
    "text",
    [
        "a" * SHOWN,
        "_" * SHOWN,
        '"' * SHOWN,
        '"token":"' + "\\" * SHOWN,
        "token=" * 10_000,
        "://" * 20_000,
        "token" * 13_000,
    ],
)
def test_text_made_to_be_slow_is_searched_in_one_pass(text: str) -> None:
    Redaction(["password", "token"]).text(text)
