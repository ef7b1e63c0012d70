"""Watching an operation until it is over."""

from __future__ import annotations

import time

import click
from rich.console import Console
from rich.progress import Progress

from dashboard.api.operations import operation_json
from dashboard.cli import DONE, FAILED
from dashboard.cli.output import harmless, print_json
from dashboard.durations import about
from dashboard.operation_words import undone_words
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
            progress.update(bar, completed=operation.handled, description=doing(operation))
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


def doing(operation: Operation) -> str:
    """What stands beside the progress bar."""
    words = [operation.action.value.capitalize()]
    if operation.seconds_left is not None:
        words.append(f"{about(operation.seconds_left)} left")
    return harmless(" · ".join([*words, operation.slowed] if operation.slowed else words))


def sentence(operation: Operation) -> str:
    """An operation in one line."""
    words = f"{operation.id} {operation.action.value} {operation.state.value}: "
    if operation.of:
        words += undone_words(operation)
    else:
        words += f"{operation.done:,} of {operation.matched:,} done"
        words += f", {operation.skipped:,} had moved already" if operation.skipped else ""
    words += f"; {operation.slowed}" if operation.slowed else ""
    return harmless(words + (f"; {operation.problem}" if operation.problem else ""))


def as_dict(operation: Operation) -> dict[str, object]:
    """An operation as JSON, as the API gives it."""
    return operation_json(operation)
