"""Failures that were seen outlive a store that takes nothing for a while."""

from __future__ import annotations

import pytest

from dashboard.adapters.contract import AdapterError
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.mirrored.mirror import Mirror
from dashboard.adapters.mirrored.product import Sighting
from queue_core.connection import connect
from tests.adapters.mirrored.shelf import Shelf
from tests.conftest import RealServer


def test_failures_that_are_given_once_are_kept_for_when_the_store_has_room_again(
    shelf: Shelf, now: float, monkeypatch: pytest.MonkeyPatch, make_server: type[RealServer]
) -> None:
    url = make_server("--maxmemory-policy", "noeviction").start().url
    store, adapter = connect(url), MirroredAdapter(shelf, url, {})
    shelf.add_failed("mail", "a", at=now)
    given = [shelf.look("", 50)]
    monkeypatch.setattr(shelf, "look", lambda *_: given.pop() if given else Sighting((), "rest"))
    store.config_set("maxmemory", 1)
    for _ in range(3):
        with pytest.raises(AdapterError, match="memory"):
            adapter.maintain()
    store.config_set("maxmemory", 0)
    adapter.maintain()
    assert adapter.queue("mail").failed == 1


def test_failures_that_the_store_never_takes_do_not_hide_later_ones(
    shelf: Shelf, adapter: MirroredAdapter, now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise AdapterError("these cannot be recorded")

    with monkeypatch.context() as patch:
        patch.setattr(shelf, "look", lambda *_: Sighting((), "rest"))
        patch.setattr(Mirror, "record", refused)
        with pytest.raises(AdapterError):
            adapter.maintain()
    shelf.add_failed("mail", "a", at=now)
    adapter.maintain()
    assert adapter.queue("mail").failed == 1
