"""`--format csv|jsonl` of commands that list: everything that matches, as a file on standard output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import click

from dashboard.adapters.contract import Selector
from dashboard.api import wire
from dashboard.export import columns, files, rows
from dashboard.services import Services

T = TypeVar("T")

format_option = click.option(
    "--format", "kind", type=click.Choice(list(files.KINDS)), help="Everything that matches, not one page, as a file."
)


def write_jobs(services: Services, selector: Selector, kind: str) -> None:
    """All jobs a selector means."""
    _write(services, kind, rows.jobs(services.sources, selector), wire.job, columns.JOBS)


def write_groups(services: Services, selector: Selector, order: str, kind: str) -> None:
    """All groups a selector means."""
    _write(services, kind, rows.groups(services.sources, selector, order), wire.group, columns.GROUPS)


def _write(
    services: Services, kind: str, found: Iterator[T], item: Callable[[T], dict[str, Any]], names: Sequence[str]
) -> None:
    for piece in files.lines(kind, found, item, names, services.settings.limits.export):
        click.echo(piece, nl=False)
        if files.tells_incomplete(piece):
            raise click.ClickException("the file is not whole; its last line says why")
