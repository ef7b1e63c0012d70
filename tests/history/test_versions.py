"""Which versions are remembered, and which of them are marked as deployments."""

from __future__ import annotations

import pytest

from dashboard.adapters.contract import Worker
from dashboard.history.versions import LENGTH, MOST, Deployment, deployments, from_stored, learned, stored

NOW = 1_000_000.0


def worker(version: str, started: float | None) -> Worker:
    return Worker("w", "main", "here", 1, version, ("mail",), 4, 0, started, NOW, lost=False)


def names(known: tuple[Deployment, ...]) -> list[tuple[float, str]]:
    return [(each.at, each.version) for each in known]


def test_a_version_is_remembered_since_its_first_worker_started() -> None:
    known = learned((), [worker("1", 500.0), worker("1", 300.0)], NOW)
    assert names(known) == [(300.0, "1")]
    assert learned(known, [worker("1", 900.0)], NOW) == known, "a restart deploys nothing"


def test_the_first_version_replaced_none_and_is_no_deployment() -> None:
    known = learned((), [worker("1", 300.0)], NOW)
    assert deployments(known, 0.0) == ()
    assert names(deployments(learned(known, [worker("2", 700.0)], NOW), 0.0)) == [(700.0, "2")]


def test_deployments_before_the_chart_are_not_marked() -> None:
    known = (Deployment(1.0, "1"), Deployment(2.0, "2"), Deployment(3.0, "3"))
    assert names(deployments(known, 2.5)) == [(3.0, "3")]


def test_a_version_beside_another_is_remembered_once() -> None:
    known = learned((Deployment(1.0, "1"),), [worker("1", 0.5), worker("2", 50.0)], NOW)
    assert names(known) == [(1.0, "1"), (50.0, "2")]
    assert learned(known, [worker("1", 60.0), worker("2", 70.0)], NOW) == known


def test_going_back_to_an_earlier_version_is_a_deployment_too() -> None:
    known = (Deployment(1.0, "1"), Deployment(50.0, "2"))
    assert names(learned(known, [worker("1", 80.0)], NOW))[-1] == (80.0, "1")


def test_an_old_worker_that_outlives_the_new_ones_is_none() -> None:
    known = (Deployment(1.0, "1"), Deployment(50.0, "2"))
    assert learned(known, [worker("1", 0.5)], NOW) == known


def test_a_start_that_is_not_known_or_lies_ahead_is_now() -> None:
    assert names(learned((), [worker("1", None)], NOW)) == [(NOW, "1")]
    assert names(learned((), [worker("1", NOW + 500)], NOW)) == [(NOW, "1")]


def test_workers_that_report_no_version_teach_nothing() -> None:
    assert learned((), [worker("", 5.0)], NOW) == ()


def test_only_the_newest_are_remembered_and_no_name_is_long() -> None:
    known: tuple[Deployment, ...] = ()
    for number in range(30):
        known = learned(known, [worker(f"{number}" + "x" * 500, float(number))], NOW)
    assert len(known) == MOST
    assert known[-1].version == ("29" + "x" * 500)[:LENGTH]
    assert from_stored(stored(known).encode()) == known


@pytest.mark.parametrize("damaged", [None, b"", b"no json", b"{}", b"[1]", b'[["a", 1]]', b"[[[[]]]]"])
def test_what_is_damaged_is_nothing(damaged: bytes | None) -> None:
    assert from_stored(damaged) == ()
