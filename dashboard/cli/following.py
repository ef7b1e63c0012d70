"""Watching an operation until it is over."""

from __future__ import annotations

import time

import click
from rich.console import Console
from rich.progress import Progress

from dashboard.api import wire
from dashboard.cli import DONE, FAILED
from dashboard.cli.output import harmless, print_json
from dashboard.operations.records import Operation, OperationState
from dashboard.services import Services

_PATIENCE = 15.0


def follow(services: Services, operation_id: str, as_json: bool = False) -> int:
    """Show an operation's progress until it ends or is paused; it goes on when nobody watches.

    Returns the exit code: 1 when it ended with a problem, or when nothing moves because no collector runs.
    """
    operation = services.operations.get(operation_id)
    moved, still_since = -1, time.monotonic()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(operation.action.value.capitalize(), total=operation.matched)
        while operation.open and operation.state != OperationState.PAUSED:
            progress.update(bar, completed=operation.handled)
            if operation.handled != moved:
                moved, still_since = operation.handled, time.monotonic()
            if operation.state == OperationState.WAITING and time.monotonic() - still_since > _PATIENCE:
                click.echo(f"Operation {operation.id} waits for a collector: run `redrive collector`.", err=True)
                return FAILED
            time.sleep(0.2)
            operation = services.operations.get(operation_id)
    if as_json:
        print_json(as_dict(operation))
    else:
        click.echo(sentence(operation))
    return FAILED if operation.problem or operation.state == OperationState.STOPPED else DONE


def sentence(operation: Operation) -> str:
    """An operation in one line."""
    words = f"{operation.id} {operation.action.value} {operation.state.value}:"
    words += f" {operation.done:,} of {operation.matched:,} done"
    if operation.skipped:
        words += f", {operation.skipped:,} had moved already"
    return harmless(words + (f"; {operation.problem}" if operation.problem else ""))


def as_dict(operation: Operation) -> dict[str, object]:
    """An operation as JSON."""
    outcome = {name: getattr(operation.outcome, name) for name in operation.outcome.__dataclass_fields__}
    return {
        "id": operation.id, "action": operation.action.value, "state": operation.state.value,
        "matched": operation.matched, "done": operation.done, "skipped": operation.skipped,
        "failed": operation.failed, "rate": operation.rate, "outcome": outcome, "actor": operation.actor or None,
        "reason": operation.reason or None, "created_at": wire.moment(operation.created_at),
        "finished_at": wire.moment(operation.finished_at), "problem": operation.problem or None,
    }  # fmt: skip
