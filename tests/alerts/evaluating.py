"""One evaluation, and the messages that it left in the outbox."""

from __future__ import annotations

import json
from typing import Any

from dashboard.alerts.evaluator import Evaluator
from dashboard.store import Fence
from tests.background import World


def evaluate(world: World, fence: Fence, **options: Any) -> None:
    world.services.sources.forget()
    Evaluator(world.store, world.services.sources, world.settings, world.clock, **options).evaluate(fence)


def bodies(world: World) -> list[dict[str, object]]:
    ids = [delivery.id for delivery in world.book.deliveries()]
    return [json.loads(world.store.client.hget(world.store.delivery(each), "body") or b"") for each in reversed(ids)]
