"""`redrive jobs list|show`."""

from __future__ import annotations

import json
from typing import Any

import click

from dashboard.adapters.contract import Job, State
from dashboard.api import wire
from dashboard.cli.client import more, only_source, refuse_missing, selection_options, selector, with_services
from dashboard.cli.export import format_option, write_jobs
from dashboard.cli.output import harmless, json_option, print_json, print_table
from dashboard.services import Services

COLUMNS = ("source", "queue", "id", "type", "state", "#attempts", "created", "error")


@click.group("jobs")
def command() -> None:
    """Look at jobs."""


@command.command("list")
@with_services
@selection_options
@click.option("--state", type=click.Choice([state.value for state in State]), default="failed", show_default=True)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", default="", help="Where the page before ended.")
@format_option
@json_option
def list_jobs(services: Services, limit: int, cursor: str, as_json: bool, kind: str | None, **words: Any) -> None:
    """List jobs in one state."""
    refuse_missing(services)
    if kind:
        write_jobs(services, selector(**words), kind)
        return
    page = services.sources.jobs(selector(**words), cursor=cursor, limit=limit)
    if as_json:
        print_json(wire.listed(page, wire.job))
        return
    print_table(COLUMNS, map(row, page.items), empty="No job matches.")
    more(page.next_cursor)


@command.command("show")
@with_services
@click.argument("queue")
@click.argument("job_id")
@click.option("--source", default="", help="Its source, when there are several.")
@json_option
def show(services: Services, queue: str, job_id: str, source: str, as_json: bool) -> None:
    """Show one job with its arguments, traceback and history."""
    job = services.sources.get(only_source(services, source)).job(queue, job_id)
    if as_json:
        print_json(wire.job(job))
    else:
        describe(job)


def row(job: Job) -> tuple[object, ...]:
    """A job in a list."""
    error = f"{job.error.type}: {job.error.message}" if job.error else ""
    tries = f"{job.attempts}/{job.max_retries + 1}"
    return job.source, job.queue, job.id, job.type, job.state.value, tries, wire.moment(job.created_at), error


def describe(job: Job) -> None:
    """A job, complete."""
    facts = {
        "id": job.id, "source": job.source, "queue": job.queue, "type": job.type, "state": job.state.value,
        "attempts": f"{job.attempts} of {job.max_retries + 1}", "priority": job.priority,
        "created": wire.moment(job.created_at), "started": wire.moment(job.started_at),
        "finished": wire.moment(job.finished_at), "runs at": wire.moment(job.scheduled_for), "worker": job.worker,
    }  # fmt: skip
    print_table(("", ""), ((name, value) for name, value in facts.items() if value not in (None, "")), empty="")
    click.echo("\nArguments")
    payload = job.payload
    click.echo(harmless(payload.raw if payload.undecodable else json.dumps(payload.data, indent=2, default=str)))
    if job.error:
        click.echo("\nError")
        click.echo(harmless(job.error.traceback or f"{job.error.type}: {job.error.message}"))
