"""`redrive scheduler`: fires an application's schedules."""

from __future__ import annotations

import signal
import threading

import click

from queue_core.scheduler import Scheduler


@click.command("scheduler")
@click.argument("app")
def command(app: str) -> None:
    """Fire the schedules of APP (`module:attribute`); any number may run, each instant fires once."""
    from dashboard.cli.applications import application  # noqa: PLC0415 - a worker's needs are not loaded for other commands

    loaded = application(app)
    if not loaded.schedules:
        raise click.ClickException(f"{app} has no schedules; add one with app.schedule(job, cron='0 2 * * *')")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo(f"Firing {len(loaded.schedules)} schedules of {app}. Ctrl+C stops.")
    Scheduler(loaded.client, loaded.schedules, namespace=loaded.namespace).run(stop)
