"""The newest operations."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from dashboard.language import gettext
from dashboard.operation_words import operation_state, selection_words, title
from dashboard.palette.contract import Asked, Command

READ = 20


def entries(asked: Asked) -> Iterator[Command]:
    """One reading, whatever is typed; open ones first among equals."""
    if not asked.text:
        return
    for operation in asked.services.operations.list(limit=READ).items:
        yield Command(
            gettext("Operations"),
            title(operation),
            url_for("operations.show", operation_id=operation.id),
            "requeue",
            f"{operation_state(operation)} · {selection_words(operation)[:80]}",
            words=" ".join((gettext("operation"), operation.id, operation.reason)),
            weight=1 if operation.open else 0,
        )
