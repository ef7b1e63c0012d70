"""`redrive queues`, `redrive queue pause|resume`, `redrive workers`."""

from __future__ import annotations

import click

from dashboard.adapters.contract import Queue
from dashboard.api import wire
from dashboard.cli.client import only_source, told_of_missing, with_services
from dashboard.cli.output import json_option, print_json, print_table
from dashboard.filters import byte_size
from dashboard.services import Services

_COLUMNS = (
    "source", "queue", "#pending", "#processing", "#scheduled", "#retrying", "#failed", "#oldest s", "#workers",
    "#in/min", "#ok/min", "#failed/min", "state",
)  # fmt: skip


@click.command("queues")
@with_services
@json_option
def queues(services: Services, as_json: bool) -> int:
    """List all queues with their numbers."""
    snapshot = services.sources.snapshot()
    if as_json:
        print_json({"items": [wire.queue(queue, snapshot.source(queue.source)) for queue in snapshot.queues]})
    else:
        print_table(_COLUMNS, map(_row, snapshot.queues), empty="No queue yet; one appears with its first job.")
    return told_of_missing(services)


def _row(queue: Queue) -> tuple[object, ...]:
    state = {True: "paused", False: "", None: "–"}[queue.paused]
    return (
        queue.source, queue.name, queue.pending, queue.processing, queue.scheduled, queue.retrying, queue.failed,
        queue.oldest_pending_seconds, queue.workers, queue.enqueued_per_minute, queue.succeeded_per_minute,
        queue.failed_per_minute, state,
    )  # fmt: skip


@click.group("queue")
def queue() -> None:
    """Pause or resume one queue."""


@queue.command("pause")
@with_services
@click.argument("name")
@click.option("--source", default="", help="Its source, when there are several.")
def pause(services: Services, name: str, source: str) -> None:
    """Hand out no more jobs of queue NAME; jobs can still be added."""
    services.sources.get(only_source(services, source)).pause(name)
    click.echo(f"{name} is paused; `redrive queue resume {name}` hands out jobs again.")


@queue.command("resume")
@with_services
@click.argument("name")
@click.option("--source", default="", help="Its source, when there are several.")
def resume(services: Services, name: str, source: str) -> None:
    """Hand out jobs of queue NAME again."""
    services.sources.get(only_source(services, source)).resume(name)
    click.echo(f"{name} hands out jobs.")


@click.command("workers")
@with_services
@json_option
def workers(services: Services, as_json: bool) -> int:
    """List all workers, lost ones first."""
    found = services.sources.snapshot().workers
    if as_json:
        print_json({"items": [wire.worker(worker) for worker in found]})
    else:
        rows = (
            (w.source, w.id, w.host, w.pid, ", ".join(w.queues), f"{w.busy}/{w.slots}", w.succeeded, w.failed_attempts,
             byte_size(w.memory_bytes), w.version, wire.moment(w.heartbeat_at),
             "lost" if w.lost else "stopping" if w.stopping else "running")
            for w in found
        )  # fmt: skip
        columns = (
            "source", "worker", "host", "#pid", "queues", "#busy", "#done", "#failed", "#memory", "version",
            "heartbeat", "state",
        )  # fmt: skip
        print_table(columns, rows, empty="No worker; start one with `redrive worker APP --queue NAME`.")
    return told_of_missing(services)


commands = (queues, queue, workers)
