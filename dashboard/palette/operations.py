"""The newest operations."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from dashboard.operation_words import selection_words
from dashboard.palette.contract import Asked, Command

READ = 20


def entries(asked: Asked) -> Iterator[Command]:
    """One reading, whatever is typed; open ones first among equals."""
    if not asked.text:
        return
    for operation in asked.services.operations.list(limit=READ).items:
        noun = "job" if operation.matched == 1 else "jobs"
        yield Command(
            "Operations",
            f"{operation.action.capitalize()} {operation.matched:,} {noun}",
            url_for("operations.show", operation_id=operation.id),
            "requeue",
            f"{operation.state} · {selection_words(operation)[:80]}",
            words=f"operation {operation.id} {operation.reason}",
            weight=1 if operation.open else 0,
        )
