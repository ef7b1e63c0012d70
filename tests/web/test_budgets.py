"""What pages may weigh as they travel: the HTML of the fullest ones, and of live regions that ask every few seconds."""

from __future__ import annotations

import gzip
import random
import re

import pytest
from flask.testing import FlaskClient

from tests.contract.seeders.queue_core import Seeder
from tests.waiting import until
from tests.web.conftest import PARTIAL
from tests.web.pages import FINGERPRINT, PAGES, furnish, live_regions
from tests.web.test_cost import workers

KB = 1_000
WORDS = ("timeout", "while", "reading", "answer", "gateway", "mailbox", "refused", "card", "connection", "deadline")
QUEUES, ERRORS, WORKERS = 60, 200, 64


def zipped(body: bytes) -> int:
    return len(gzip.compress(body, 6))


@pytest.fixture
def operation(client: FlaskClient, seeder: Seeder) -> str:
    """Sixty queues and two hundred errors, each worded differently, with arguments of their own; id of an operation."""
    made = furnish(client, seeder)
    chance = random.Random(1)
    queues = ["mail", *(f"{chance.choice(WORDS)}-{number}" for number in range(QUEUES - 1))]
    workers(seeder, WORKERS, queues)
    for number, queue in enumerate(queues * (ERRORS // QUEUES + 1)):
        kind, words = chance.choice(WORDS).title(), " ".join(chance.choices(WORDS, k=12))
        data = {word: chance.randrange(10**6) for word in chance.sample(WORDS, 5)}
        seeder.failed(
            queue, 2, error=f"{kind}Error: {words}", fingerprint=f"{number:016x}", type=f"{words[:9]}", data=data
        )
        seeder.failed(queue, 1, fingerprint=FINGERPRINT, data=data)
    until(lambda: _shown(client) >= QUEUES)
    return made


def _shown(client: FlaskClient) -> int:
    """Queues that a page shows now, whatever was read before."""
    sources = client.application.extensions["redrive"].sources
    sources.forget()
    return len(sources.snapshot().queues)


def test_the_fullest_pages_weigh_at_most_20_kb(client: FlaskClient, operation: str) -> None:
    sizes = {path: client.get(path.format(operation=operation)).data for path in PAGES}
    assert max(map(len, sizes.values())) > 80 * KB, "a page is full"
    assert {path: zipped(body) for path, body in sizes.items() if zipped(body) > 20 * KB} == {}


def test_the_fullest_pages_are_no_forest(client: FlaskClient, operation: str) -> None:
    counts = {path: len(re.findall(r"<[a-z]", client.get(path.format(operation=operation)).text)) for path in PAGES}
    assert {path: elements for path, elements in counts.items() if elements > 2_500} == {}


def test_what_is_asked_every_few_seconds_weighs_at_most_10_kb(client: FlaskClient, operation: str) -> None:
    heavy = {}
    for path in PAGES:
        for region, address in live_regions(client.get(path.format(operation=operation)).text).items():
            part = client.get(address, headers={**PARTIAL, "HX-Target": f"section#{region}"})
            if zipped(part.data) > 10 * KB:
                heavy[path, region] = zipped(part.data)
    assert heavy == {}
