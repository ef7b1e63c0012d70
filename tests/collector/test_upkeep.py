"""Each source has its upkeep, whatever happens to another one."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from dashboard.adapters.contract import SourceUnavailable
from dashboard.collector import Collector
from dashboard.services import build_services
from tests.background import World


class Source:
    """Counts its upkeep, which fails as it is told."""

    def __init__(self, source: str, *errors: Exception) -> None:
        self.source = source
        self.errors = list(errors)
        self.turns = 0

    def maintain(self) -> bool:
        self.turns += 1
        if self.errors:
            raise self.errors.pop(0)
        return False


def test_what_one_source_stumbles_over_keeps_no_other_from_its_upkeep(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = build_services(World(redis_url).settings)
    odd = Source("odd", *(UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no") for _ in range(3)))
    down, fine = Source("down", SourceUnavailable("down does not answer")), Source("fine")
    monkeypatch.setattr(services.sources, "all", lambda: [odd, down, fine])
    upkeep = next(task for task in Collector(services).tasks() if task.name == "upkeep")
    with capture_logs() as said:
        for _ in range(4):
            upkeep._work(None)  # type: ignore[arg-type]
    assert (odd.turns, down.turns, fine.turns) == (4, 4, 4)
    assert [entry["source"] for entry in said] == ["odd"], "it is logged when it begins, and not each second"
