"""`redrive jobs list|show|requeue|edit|undo`."""

from __future__ import annotations

import json
from typing import Any

import click

from dashboard.adapters.contract import Action, InvalidRequest, Job, State
from dashboard.api import wire
from dashboard.arguments_draft import draft, first_text
from dashboard.cli.client import more, only_source, refuse_missing, selection_options, selector, with_services
from dashboard.cli.export import format_option, write_jobs
from dashboard.cli.output import harmless, json_option, print_json, print_table
from dashboard.redaction import Redaction
from dashboard.services import Services
from dashboard.tries import tries

COLUMNS = ("source", "queue", "id", "type", "state", "#attempts", "created", "error")


@click.group("jobs")
def command() -> None:
    """Look at jobs, and put single ones back."""


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


@command.command("requeue")
@with_services
@click.argument("queue")
@click.argument("job_id")
@click.option("--source", default="", help="Its source, when there are several.")
@click.option("--to", "target", default="", help="Another queue of the same source.")
def requeue(services: Services, queue: str, job_id: str, source: str, target: str) -> None:
    """Put one failed job back, at the end of its queue or of another one."""
    adapter = services.sources.get(only_source(services, source))
    if target and target != queue:
        adapter.move(queue, job_id, target)
    else:
        adapter.act(Action.REQUEUE, queue, job_id)
    click.echo(f"{job_id} is pending in {target or queue}.")


@command.command("undo")
@with_services
@click.argument("queue")
@click.argument("job_id")
@click.option("--source", default="", help="Its source, when there are several.")
def undo(services: Services, queue: str, job_id: str, source: str) -> None:
    """Take back the requeue of one job that has not started."""
    services.sources.get(only_source(services, source)).act(Action.UNDO, queue, job_id)
    click.echo(f"{job_id} is among the dead letters of {queue} again.")


@command.command("edit")
@with_services
@click.argument("queue")
@click.argument("job_id")
@click.option("--source", default="", help="Its source, when there are several.")
@click.option("--data", default="", help="The new arguments as JSON; without it $EDITOR opens.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def edit(services: Services, queue: str, job_id: str, *, source: str, data: str, yes: bool) -> None:
    """Requeue one failed job with other arguments, after showing what changes."""
    adapter = services.sources.get(only_source(services, source))
    job = adapter.job(queue, job_id)
    text = data or click.edit(first_text(job), extension=".json") or ""
    new = draft(text, job, Redaction(services.settings.redact.fields))
    if new.mistake:
        raise InvalidRequest(f"{new.mistake}; nothing was changed")
    for change in new.difference.changes:
        click.echo(
            harmless(f"{change.kind:8} {change.path}: {' -> '.join(filter(None, (change.before, change.after)))}")
        )
    if not yes:
        click.confirm(f"Requeue {job_id} with these arguments?", abort=True)
    adapter.edit(queue, job_id, new.data, job.revision)
    click.echo(f"{job_id} is pending in {queue}.")


def row(job: Job) -> tuple[object, ...]:
    """A job in a list."""
    error = f"{job.error.type}: {job.error.message}" if job.error else ""
    at = wire.moment(job.created_at)
    return job.source, job.queue, job.id, job.type, job.state.value, tries(job), at, error


def describe(job: Job) -> None:
    """A job, complete."""
    facts = {
        "id": job.id, "source": job.source, "queue": job.queue, "type": job.type, "state": job.state.value,
        "attempts": tries(job), "priority": job.priority,
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
