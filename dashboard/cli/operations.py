"""`redrive operations list|show|pause|resume|cancel|undo`."""

from __future__ import annotations

import click

from dashboard.api import wire
from dashboard.cli.client import more, with_services
from dashboard.cli.following import as_dict, follow, sentence
from dashboard.cli.output import json_option, print_json, print_table
from dashboard.operation_words import selection_words
from dashboard.services import Services


@click.group("operations")
def command() -> None:
    """Look at bulk actions, and pause, resume, cancel or undo them."""


@command.command("list")
@with_services
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", default="", help="Where the page before ended.")
@json_option
def list_operations(services: Services, limit: int, cursor: str, as_json: bool) -> None:
    """List operations, the newest first."""
    page = services.operations.list(cursor, limit)
    if as_json:
        print_json({"items": [as_dict(operation) for operation in page.items], "next_cursor": page.next_cursor})
        return
    rows = (
        (
            o.id,
            o.action.value,
            o.state.value,
            selection_words(o),
            o.matched,
            o.done,
            o.skipped,
            o.actor,
            wire.moment(o.created_at),
        )
        for o in page.items
    )
    columns = ("id", "action", "state", "selected", "#matched", "#done", "#skipped", "by", "created")
    print_table(columns, rows, empty="No operation yet.")
    more(page.next_cursor)


@command.command("show")
@with_services
@click.argument("operation_id")
@json_option
def show(services: Services, operation_id: str, as_json: bool) -> None:
    """Show one operation and what became of its jobs."""
    operation = services.operations.get(operation_id)
    facts = as_dict(operation) | {"arrived_since": services.operations.arrived_since(operation)}
    if as_json:
        print_json(facts)
    else:
        print_table(("", ""), facts.items(), empty="")


@command.command("pause")
@with_services
@click.argument("operation_id")
def pause(services: Services, operation_id: str) -> None:
    """Stop after the step in hand."""
    click.echo(sentence(services.operations.pause(operation_id)))


@command.command("resume")
@with_services
@click.argument("operation_id")
def resume(services: Services, operation_id: str) -> None:
    """Go on with a paused or stopped operation."""
    click.echo(sentence(services.operations.resume(operation_id)))


@command.command("cancel")
@with_services
@click.argument("operation_id")
def cancel(services: Services, operation_id: str) -> None:
    """Leave the rest of an operation undone, for good."""
    click.echo(sentence(services.operations.cancel(operation_id)))


@command.command("undo")
@with_services
@click.argument("operation_id")
@json_option
def undo(services: Services, operation_id: str, as_json: bool) -> int:
    """Take back what can be taken back: purged jobs in the trash, requeued jobs that have not started."""
    return follow(services, services.operations.undo(operation_id, actor="command line").id, as_json)
