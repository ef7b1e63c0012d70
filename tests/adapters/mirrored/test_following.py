"""One queue or job of a product that cannot be followed does not hold up the others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dashboard.adapters.contract import Action, SourceUnavailable, UnknownJob, UnknownQueue
from dashboard.adapters.mirrored.adapter import MirroredAdapter
from dashboard.adapters.mirrored.product import Fate, Kept
from tests.adapters.mirrored.shelf import Shelf


def test_a_queue_that_cannot_be_followed_holds_up_neither_the_others_nor_the_upkeep(
    shelf: Shelf, adapter: MirroredAdapter, now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for queue in ("bills", "mail"):
        shelf.add_failed(queue, "a", at=now - 60)
    adapter.maintain()
    for queue in ("bills", "mail"):
        adapter.act(Action.REQUEUE, queue, "a")
    shelf.run("mail")
    fates = shelf.fates

    def broken(queue: str, letters: Sequence[Kept]) -> Sequence[Fate]:
        if queue == "bills":
            raise UnknownQueue("no queue bills")
        return fates(queue, letters)

    monkeypatch.setattr(shelf, "fates", broken)
    adapter.maintain()
    with pytest.raises(UnknownJob):
        adapter.job("mail", "a")


def test_a_source_that_does_not_answer_says_so(
    shelf: Shelf, adapter: MirroredAdapter, now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.add_failed("mail", "a", at=now - 60)
    adapter.maintain()
    adapter.act(Action.REQUEUE, "mail", "a")

    def down(*_: object) -> Sequence[Fate]:
        raise SourceUnavailable("no answer")

    monkeypatch.setattr(shelf, "fates", down)
    with pytest.raises(SourceUnavailable):
        adapter.maintain()
