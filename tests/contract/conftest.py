"""One source of every kind of adapter, with a seeder that makes real jobs of that kind."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

import pytest

from dashboard.adapters import discovery
from dashboard.adapters.contract import Adapter, Capability

KINDS = sorted(discovery.factories())


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _only_kinds_that_can(request: pytest.FixtureRequest) -> None:
    """Skip a test marked `needs(Capability.X, …)` for a kind that lacks one of them.

    What has no capability, such as a state of jobs that a product does not know, is skipped by the method of its
    seeder that would have to make it: `pytest.skip("why")`.
    """
    wanted = reduce(or_, (each for mark in request.node.iter_markers("needs") for each in mark.args), Capability.NONE)
    if wanted:
        adapter: Adapter = request.getfixturevalue("adapter")
        lacking = wanted & ~adapter.capabilities()
        if lacking:
            pytest.skip(f"kind {adapter.kind} offers no {', '.join(lacking.names())}")


@pytest.fixture(autouse=True)
def _only_what_the_kind_has(request: pytest.FixtureRequest) -> None:
    """Skip what the seeder's `CANNOT` names, with the reason; a test that is of one kind alone is not asked."""
    if "kind" in request.fixturenames:
        seeders = importlib.import_module(f"tests.contract.seeders.{request.getfixturevalue('kind')}")
        reason = getattr(seeders, "CANNOT", {}).get(request.node.originalname)
        if reason:
            pytest.skip(reason)


@pytest.fixture
def seeder(kind: str, redis_url: str) -> Iterator[Any]:
    """Every kind has a module of its name in `tests/contract/seeders`; its `OPTIONS` are the source's."""
    made = importlib.import_module(f"tests.contract.seeders.{kind}").Seeder(redis_url)
    yield made
    getattr(made, "close", lambda: None)()


@pytest.fixture
def adapter(kind: str, redis_url: str) -> Adapter:
    own = getattr(importlib.import_module(f"tests.contract.seeders.{kind}"), "OPTIONS", {})
    options = {"redact": ("password", "token"), "scan": 1_000, "timeout": 3.0, "options": own}
    return discovery.create(kind, "main", redis_url, options)
