"""Many large results are read in portions, each once, and one of 50 MB is not read at all."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
import redis

from dashboard.adapters.arq.product import ArqProduct
from dashboard.adapters.huey.product import HueyProduct
from dashboard.adapters.mirrored.plain import PlainProduct
from dashboard.adapters.mirrored.portions import (
    COMMANDS_A_TURN,
    KEYS_AT_ONCE,
    MOST_BYTES,
    MOST_SOON,
    Portions,
    every,
)
from dashboard.adapters.mirrored.product import Kept
from dashboard.adapters.saq.product import SaqProduct
from dashboard.adapters.taskiq.product import TaskiqProduct
from tests.contract.seeders.huey import pickled

LARGE = "x" * 200_000
NUMBER = 40
_ARQ = {"t": 1, "f": "f", "a": (), "k": {}, "et": 1, "s": False, "r": LARGE, "st": 1, "ft": 2, "q": "q"}
_SAQ = {"function": "f", "queue": "q", "status": "failed", "completed": 5, "kwargs": {"x": LARGE}}
_HUEY = pickled("huey.utils", "Error", ({"error": LARGE, "retries": 0, "traceback": ""},))
KINDS: list[tuple[type[PlainProduct], str, bytes]] = [
    (ArqProduct, "arq:result:{}", pickle.dumps(_ARQ)),
    (HueyProduct, "huey.r.q.{}", _HUEY),
    (HueyProduct, "huey.results.q {}", _HUEY),
    (SaqProduct, "saq:job:q:{}", json.dumps(_SAQ).encode()),
    (TaskiqProduct, "{:0>32}", pickle.dumps({"is_err": True, "return_value": LARGE})),
]


@pytest.fixture
def client(redis_url: str) -> Any:
    return redis.Redis.from_url(redis_url)


def sent_by(client: Any) -> int:
    return int(client.info("stats")["total_net_output_bytes"])


@pytest.mark.parametrize(("product_type", "where", "raw"), KINDS, ids=[where for _, where, _ in KINDS])
def test_large_failures_are_all_found_a_few_at_a_time(
    redis_url: str, client: Any, product_type: type[Any], where: str, raw: bytes
) -> None:
    key, _, field = where.partition(" ")
    for number in range(NUMBER):
        if field:
            client.hset(key, f"{number}", raw)
        else:
            client.set(where.format(number), raw)
    huge = bytes(50_000_000)
    client.hset(key, "huge", huge) if field else client.set(where.format("e"), huge)
    product = product_type("main", redis_url, {"options": {"queues": ["q"]}})
    place, found, most = "", [], 0
    while True:
        before = sent_by(client)
        seen = product.look(place, 200)
        most = max(most, sent_by(client) - before)
        found += seen.letters
        place = seen.place
        if seen.whole:
            break
    assert len(found) == len({each.id for each in found}) == NUMBER
    assert len(raw) < most < COMMANDS_A_TURN * (MOST_BYTES + 2 * len(raw))

    ids = [each.id for each in found]
    assert product.still_failed("q", ids) == [True] * NUMBER
    before = sent_by(client)
    huge_id = "e".rjust(32, "0") if "32" in where else "huge" if field else "e"
    assert product.still_failed("q", [huge_id]) == [False]
    assert product.purge("q", [Kept(huge_id, "", 1.0, None, {})], "", 60) == [False]
    assert sent_by(client) - before < 100_000


def test_what_a_turn_leaves_is_read_in_the_next_one_and_keys_come_once() -> None:
    def scan() -> tuple[str, list[bytes]]:
        scanned.append(1)
        return "next", [b"a", b"b", b"c", b"d", b"e"]

    def read(keys: Any) -> Any:
        asked.append(list(keys))
        return [1, keys[0], b"v"]

    scanned: list[int] = []
    asked: list[list[bytes]] = []
    portions = Portions()
    first = portions.turn("", scan, read, first=[b"e"])
    assert ([key for key, _ in first.found], first.place, first.done) == ([b"e", b"a", b"b"], "", False)
    second = portions.turn("", scan, read)
    assert ([key for key, _ in second.found], second.place, second.done) == ([b"c", b"d"], "next", True)
    assert scanned == [1]
    assert asked[:2] == [[b"e"], [b"a", b"b", b"c", b"d"]]
    portions.turn("next", scan, read)
    portions.turn("other", scan, read)
    assert scanned == [1, 1, 1], "what was left of another place is not read any more"


def test_however_many_keys_come_first_a_place_is_read_to_its_end() -> None:
    asked: list[int] = []

    def read(keys: Any) -> Any:
        asked.append(len(keys))
        return [1, keys[0], b"v"]

    portions = Portions()
    for number in range(20):
        ended = [b"%d of %d" % (each, number) for each in range(1_000)]
        seen = portions.turn("", lambda: ("next", [b"a", b"b", b"c", b"d", b"e"]), read, first=ended)
        if seen.done:
            break
    assert seen.place == "next"
    assert len(portions._soon) <= MOST_SOON
    assert max(asked) <= KEYS_AT_ONCE


def test_every_value_is_read_by_commands_that_each_read_a_part() -> None:
    assert every(lambda start: [min(2, 5 - start), *"abcde"[start : start + 2]], 5) == list("abcde")
    assert every(lambda _: [0], 5) == []
