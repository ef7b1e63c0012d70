"""`redrive collector`: the background half alone."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.cli.options import connection_options, settings_of_running


@click.command("collector")
@connection_options
def command(*, config: Path | None, sources: tuple[dict[str, str], ...], redis_url: str | None) -> None:
    """Drive operations, evaluate alerts and deliver them.

    Any number may run; one leads and the others wait to take over. SIGTERM and Ctrl+C end it after the step in hand.
    """
    from dashboard.collector import Collector  # noqa: PLC0415 - only when it runs
    from dashboard.logs import to_stderr  # noqa: PLC0415 - the same
    from dashboard.services import build_services  # noqa: PLC0415 - the same

    settings = settings_of_running(config, sources, redis_url)
    collector = Collector(build_services(settings))
    to_stderr()
    click.echo("Collector runs; Ctrl+C stops it.", err=True)
    collector.run()
