"""`redrive worker`: runs an application's jobs."""

from __future__ import annotations

import logging
import sys
from typing import Any

import click


@click.command("worker")
@click.argument("app")
@click.option("--queue", "-q", "queues", multiple=True, metavar="NAME[=WEIGHT]", help="Queue to work on; repeatable.")
@click.option("--concurrency", type=click.IntRange(1, 1000), help="Jobs at once.  [default: number of processors]")
@click.option("--processes", type=click.IntRange(1, 1000), default=1, show_default=True, help="Multiplies concurrency.")
@click.option("--executor", type=click.Choice(["process", "thread", "asyncio", "inline"]), default="process",
              show_default=True, help="How jobs run.")  # fmt: skip
@click.option("--burst", is_flag=True, help="End when nothing is pending.")
@click.option("--drain", type=click.FloatRange(0), default=25, show_default=True, metavar="SECONDS",
              help="How long running jobs may go on after SIGTERM.")  # fmt: skip
@click.option("--lease", type=click.FloatRange(0, min_open=True), default=15, show_default=True, metavar="SECONDS",
              help="How long Redis waits for a heartbeat.")  # fmt: skip
@click.option("--any-eviction-policy", is_flag=True, help="Start although Redis may evict keys, and so lose jobs.")
@click.option("--verbose", "-v", is_flag=True, help="Tell each outcome.")
def command(app: str, queues: tuple[str, ...], verbose: bool, **given: Any) -> None:
    """Run the jobs of APP (`module:attribute`).

    SIGTERM and Ctrl+C let running jobs end; a second one gives them back to their queue at once.
    """
    from dashboard.cli.applications import application  # noqa: PLC0415 - loaded for this command alone
    from queue_core.errors import InvalidJob  # noqa: PLC0415 - the same
    from queue_core.worker import Agent, WorkerOptions, signals  # noqa: PLC0415 - the same

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("queue_core").setLevel(logging.DEBUG if verbose else logging.INFO)
    loaded = application(app)
    names = queues or tuple(sorted({job.queue for job in loaded.jobs.values()})) or ("default",)
    said = {name: value for name, value in given.items() if value is not None}
    try:
        options = WorkerOptions(queues=dict(map(_weighted, names)), **said)
    except InvalidJob as error:
        raise click.UsageError(str(error)) from error
    agent = Agent(loaded, app, options)
    signals.install(agent)
    agent.run()


def _weighted(text: str) -> tuple[str, int]:
    name, _, weight = text.partition("=")
    if weight and not weight.isdigit():
        raise click.BadParameter(f"--queue {text}: the weight is a whole number, such as {name}=3")
    return name, int(weight or 1)
