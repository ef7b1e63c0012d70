"""`redrive demo`: an embedded Valkey, sample producers and workers, and the dashboard, with one command."""

from __future__ import annotations

import os
import random
from pathlib import Path

import click

from dashboard import settings as settings_module
from dashboard.cli.options import embedded_folders
from dashboard.cli.serve import (
    collector_child,
    embedded,
    next_free_port,
    port_is_free,
    refuse_taken_port,
    say,
    web_child,
)
from dashboard.demo import frameworks
from dashboard.processes import Child, Processes

_HOST, _PORT = "127.0.0.1", 8080
_WORKERS = (("emails", "webhooks"), ("billing", "images", "reports"))


@click.command("demo")
@click.option("--port", type=click.IntRange(1, 65_535), help="[default: 8080, or the next free port]")
@click.option("--rate", type=click.FloatRange(0.1, 500), default=20.0, show_default=True, help="Jobs a second.")
@click.option("--fail-rate", type=click.FloatRange(0, 1), default=0.1, show_default=True, help="Share that fails.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Directory of the embedded Valkey.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same jobs.")
@click.option("--frameworks", "others", is_flag=True, help="Add real RQ and Celery workers with jobs of their own.")
def command(
    port: int | None, rate: float, fail_rate: float, data: Path | None, seed: int | None, *, others: bool
) -> int:
    """Show Redrive with sample jobs that work, fail, wait and come back.

    Everything runs on this machine and listens on 127.0.0.1 only; Ctrl+C stops all of it. The data stays in its
    directory, so a second start goes on where the first one ended.
    """
    _refuse_missing(others)
    chosen = _choose_port(port)
    seed = random.randrange(1_000_000) if seed is None else seed
    with embedded(data or embedded_folders()[1]) as url:
        os.environ["REDIS_URL"] = url
        sources = ({"name": "main", "kind": "queue_core", "url": url}, *(frameworks.sources(url) if others else ()))
        settings = settings_module.load(host=_HOST, port=chosen, sources=sources, environment="demo")
        processes = Processes(say)
        processes.add(collector_child(settings))
        for queues in _WORKERS:
            processes.add(Child(f"worker of {' and '.join(queues)}", _work, (queues,)))
        processes.add(Child("scheduler", _schedule))
        processes.add(Child("producer", _produce, (seed, rate, fail_rate)))
        for child in frameworks.children(url, seed, fail_rate) if others else ():
            processes.add(child)
        processes.add(web_child(settings))
        say(f"Sample jobs: {rate:g} a second, {fail_rate:.0%} of them fail, seed {seed}. Ctrl+C stops everything.")
        return processes.run()


def _refuse_missing(others: bool) -> None:
    absent = frameworks.missing() if others else []
    if absent:
        raise click.ClickException(
            f"--frameworks needs {' and '.join(absent)}: pip install 'redrive[{','.join(absent)}]'"
        )


def _choose_port(port: int | None) -> int:
    """The port asked for; when none was, 8080 or the next free one."""
    if port is not None:
        refuse_taken_port(_HOST, port)
        return port
    if port_is_free(_HOST, _PORT):
        return _PORT
    other = next_free_port(_HOST, _PORT)
    say(f"Port {_PORT} is in use; taking {other} instead.")
    return other


def _produce(seed: int, rate: float, fail_rate: float) -> None:
    from dashboard.demo.history import prepare  # noqa: PLC0415 - reads REDIS_URL, in the child
    from dashboard.demo.producer import produce  # noqa: PLC0415 - the same

    prepare(seed)
    produce(seed, rate, fail_rate)


def _work(queues: tuple[str, ...]) -> None:
    from dashboard.demo import releases  # noqa: PLC0415 - reads REDIS_URL, in the child

    say(f"The worker of {' and '.join(queues)} runs {releases.install()}.")
    _redrive(
        "worker",
        "dashboard.demo.jobs:app",
        "--concurrency",
        "4",
        *(word for queue in queues for word in ("--queue", queue)),
    )


def _schedule() -> None:
    _redrive("scheduler", "dashboard.demo.jobs:app")


def _redrive(*words: str) -> None:
    from dashboard.cli import run  # noqa: PLC0415 - in the child, after the fork

    raise SystemExit(run(words))
