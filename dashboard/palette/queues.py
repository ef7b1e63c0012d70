"""Queues by name, from the snapshot that the page itself shows."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from dashboard.language import gettext, number
from dashboard.palette.contract import Asked, Command


def entries(asked: Asked) -> Iterator[Command]:
    """All queues; those with the most dead letters first among equals."""
    if not asked.text:
        return
    snapshot = asked.services.sources.snapshot()
    for queue in snapshot.queues:
        parts = [queue.source] if len(snapshot.sources) > 1 else []
        parts += [gettext("paused")] if queue.paused else []
        parts += [gettext("%(num)s dead", num=number(queue.failed))] if queue.failed else []
        url = url_for("queue.show", source=queue.source, queue=queue.name)
        yield Command(
            gettext("Queues"),
            queue.name,
            url,
            "layers",
            " · ".join(parts),
            words=gettext("queue"),
            weight=queue.failed or 0,
            keep=True,
        )
