"""What has a history of its own."""

from __future__ import annotations

from dashboard.adapters.snapshot import Snapshot, SourceSnapshot

Place = tuple[str, str]
"""Source and queue; an empty queue is all queues of the source together."""


def kept(source: SourceSnapshot, most: int) -> tuple[str, ...]:
    """The names of a source's queues that have one, the first of all; before them '' for the source as a whole.

    What holds schedules alone has one too: it is told which of them are late.
    """
    return ("", *sorted(queue.name for queue in source.scheduling)[:most])


def places(snapshot: Snapshot, most: int) -> tuple[Place, ...]:
    """All sources and the queues that have one.

    Args:
        snapshot: what there is.
        most: queues of a source whose history is kept.
    """
    return tuple((source.name, name) for source in snapshot.sources for name in kept(source, most))
