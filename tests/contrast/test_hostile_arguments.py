"""Arguments made to break whoever looks at them: what is found is bounded, and nothing is raised."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.contrast.comparison import compare
from dashboard.contrast.facts import LONGEST, MOST_DEPTH, MOST_PATHS, Kind, Seen
from dashboard.contrast.sample import MOST_FACTS, Observation, Sample


def nested(depth: int, leaf: Any = 1) -> Any:
    for _ in range(depth):
        leaf = {"d": leaf}
    return leaf


HOSTILE: dict[str, Any] = {
    "deep objects": nested(900),
    "deep lists": eval("[" * 90 + "]" * 90),
    "ten thousand keys": {f"k{i}": i for i in range(10_000)},
    "ten thousand items": list(range(10_000)),
    "a huge text": {"x": "a" * 3_000_000},
    "a huge address": {"x": "https://" + "a" * 3_000_000, "y": "a@" * 100_000, "z": "." * 100_000},
    "a huge number": {"x": 10**20_000, "y": -(10**20_000)},
    "numbers that are none": {"x": float("nan"), "y": float("inf"), "z": -0.0},
    "strange keys": {"": 1, "a.b": {"c": 2}, "\x00": 3, "x" * 5_000: 4, "<script>": 5, " ": {"": {"": 6}}},
    "half a character": {"x": "\ud800"},
    "a scalar": 42,
    "nothing": None,
    "markup": {"<b>": "</td><script>alert(1)</script>"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_seen_of_one_job_is_bounded(name: str) -> None:
    seen = Seen(HOSTILE[name])
    assert len(seen.present) <= MOST_PATHS
    assert len(seen.facts) <= MOST_PATHS * 4 + 20
    assert all(len(fact.value) <= LONGEST + 1 for fact in seen.facts)
    assert all(len(path) <= (MOST_DEPTH + 1) * (LONGEST + 2) for path in seen.present)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_arguments_are_compared_like_any_other(name: str) -> None:
    ordinary = [Observation({"x": i % 3}, float(i)) for i in range(20)]
    hostile = [Observation(HOSTILE[name], float(i)) for i in range(20)]
    assert len(compare(hostile, ordinary).rows) <= 5
    assert len(compare(ordinary, hostile).rows) <= 5


def test_fields_beyond_the_limit_are_not_called_missing() -> None:
    many = [Observation({f"k{i}": 1 for i in range(200)}) for _ in range(20)]
    late = [Observation({"k150": 1}) for _ in range(20)]
    found = compare(many, late).rows
    assert all(row.fact.kind != Kind.MISSING for row in found)


def test_a_key_with_a_dot_is_not_taken_for_a_path() -> None:
    seen = Seen({"a.b": 1, "a": {"c": 2}})
    by_path = {fact.path: fact.findable for fact in seen.facts if fact.kind == Kind.IS}
    assert by_path == {"a.b": False, "a.c": True}


def test_a_sample_keeps_a_bounded_number_of_facts() -> None:
    wild = (Observation({f"k{job}-{i}": f"v{job}-{i}" for i in range(50)}) for job in range(300))
    assert len(Sample.of(wild).facts) == MOST_FACTS
