"""One evaluation, and the messages that it left in the outbox."""

from __future__ import annotations

import json
from typing import Any

from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.outbox import Outbox
from dashboard.store import Fence
from tests.background import World


def evaluate(world: World, fence: Fence, **options: Any) -> None:
    world.services.sources.forget()
    Evaluator(world.store, world.services.sources, world.settings, world.clock, **options).evaluate(fence)


def send(world: World) -> None:
    """What is to be told is tried; from then on nothing joins it."""
    Outbox(world.store, open_channels(world.settings.channels), world.clock).deliver()


def bodies(world: World) -> list[dict[str, object]]:
    """The events of all messages, the oldest first."""
    ids = [delivery.id for delivery in world.book.deliveries()]
    fields = [world.store.client.hgetall(world.store.delivery(each)) for each in reversed(ids)]
    return [json.loads(text) for each in fields for name, text in each.items() if name.startswith(b"e:")]
