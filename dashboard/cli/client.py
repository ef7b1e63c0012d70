"""What commands that look at or change jobs share: the connection, the selection, one page at a time."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from dashboard import selectors
from dashboard.adapters.contract import InvalidRequest, Selector, State
from dashboard.cli import DONE, UNREACHABLE
from dashboard.cli.options import settings_of_running
from dashboard.search import grammar
from dashboard.search.grammar import Term
from dashboard.services import Services

F = TypeVar("F", bound=Callable[..., Any])


def with_services(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --redis and --config, and the services as its first argument."""

    @click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Instead of redrive.toml here.")
    @click.option("--redis", "redis_url", metavar="URL", help="A Redis with queues; the source is called main.")
    @functools.wraps(function)
    def connected(*words: Any, config: Path | None, redis_url: str | None, **options: Any) -> Any:
        from dashboard.services import build_services  # noqa: PLC0415 - only commands that connect pay for it

        return function(build_services(settings_of_running(config, (), redis_url)), *words, **options)

    return connected


def selection_options(function: F) -> F:
    """Add the options that choose jobs."""
    for option in reversed((
        click.option("--source", default="", help="Name of a source."),
        click.option("--queue", default="", help="Name of a queue."),
        click.option("--type", "type", default="", help="Type of job."),
        click.option("--fingerprint", default="", help="One group of failures."),
        click.option("--error", default="", help="Part of the error's type or message."),
        click.option("--worker", default="", help="Worker that last ran it, or the start of its name."),
        click.option("--version-at-failure", "version", default="", help="Version of the application it failed on."),
        click.option("--where", multiple=True, metavar="PATH=VALUE", help="An argument's value; repeatable."),
        click.option("--since", default="", help="Not before: 24h, 7d or 2026-11-24T14:00:00Z."),
        click.option("--until", default="", help="Not after."),
        click.option("--query", "q", default="", help="As in the search: words, -type:NAME, -\"text\"…"),
        click.option("--id", "ids", multiple=True, help="One job; repeatable, needs --queue."),
    )):  # fmt: skip
        function = option(function)
    return function


def selector(
    ids: tuple[str, ...] = (), state: State | None = None, where: tuple[str, ...] = (), **words: str
) -> Selector:
    """The selection that the options mean. Raises InvalidRequest."""
    if ids and not words.get("queue"):
        raise InvalidRequest("--id needs --queue, since an id belongs to one queue")
    found = selectors.read(words, more=map(argument, where))
    return selectors.meant(found, time.time(), default_state=state).narrowed(ids=ids)


def argument(text: str) -> Term:
    """The term that `--where PATH=VALUE` means. Raises InvalidRequest."""
    path, equals, value = text.partition("=")
    if not (path and equals):
        raise InvalidRequest(f"--where {text[:60]!r}: use PATH=VALUE, such as customer.id=42")
    return grammar.checked(Term(f"{grammar.ARGUMENT}{path}", value))


def only_source(services: Services, name: str) -> str:
    """The named source; when none is named and there is one alone, that one. Raises InvalidRequest."""
    if name or len(services.sources.names()) == 1:
        return name or services.sources.names()[0]
    raise InvalidRequest(f"--source is needed, since there are several: {', '.join(services.sources.names())}")


def told_of_missing(services: Services) -> int:
    """Name the sources that do not answer; the command's exit code."""
    missing = [source for source in services.sources.snapshot().sources if not source.up]
    for source in missing:
        click.echo(f"redrive: source {source.name} ({source.url_masked}) does not answer: {source.error}", err=True)
    return UNREACHABLE if missing else DONE


def refuse_missing(services: Services) -> None:
    """Exit with 3 when a source does not answer, since a list without it would look complete."""
    code = told_of_missing(services)
    if code:
        raise click.exceptions.Exit(code)


def more(next_cursor: str | None) -> None:
    """Say how to see the next page."""
    if next_cursor:
        click.echo(f"More: --cursor {next_cursor}", err=True)
