"""Options that several commands share, and what they make of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from dashboard import settings as settings_module
from dashboard.embedded import Embedded
from dashboard.settings import Settings, SettingsError

F = TypeVar("F", bound=Callable[..., Any])


class SourceOption(click.ParamType[dict[str, str]]):
    """`NAME=KIND:URL`; the kind may be left out."""

    name = "NAME=KIND:URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        """Split one source; anything else is refused with an example."""
        name, equals, rest = str(value).partition("=")
        kind, colon, url = rest.partition(":")
        if kind in {"redis", "rediss", "unix"}:
            kind, colon, url = "queue_core", ":", rest
        if not (name and equals and colon and "://" in url):
            self.fail(f"{value!r} is not NAME=KIND:URL, such as shop=queue_core:redis://localhost:6379/0", param, ctx)
        return {"name": name, "kind": kind, "url": url}


def connection_options(function: F) -> F:
    """Add --redis, --source and --config."""
    for option in (
        click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Instead of redrive.toml here."),
        click.option("--source", "sources", multiple=True, type=SourceOption(), help="Where jobs live; repeatable."),
        click.option("--redis", "redis_url", metavar="URL", help="A Redis with queues; the source is called main."),
    ):
        function = option(function)
    return function


def read_settings(
    config: Path | None, sources: tuple[dict[str, str], ...], redis_url: str | None, **overrides: Any
) -> Settings:
    """The settings, with the command line first."""
    return settings_module.load(config, redis_url=redis_url, sources=sources or None, **overrides)


def settings_of_running(
    config: Path | None, sources: tuple[dict[str, str], ...], redis_url: str | None, **overrides: Any
) -> Settings:
    """The settings with what is found at the named Redis; when they name none, the embedded Valkey that runs is it.

    Raises:
        SettingsError: no source is named and no embedded Valkey runs.
    """
    settings = read_settings(config, sources, redis_url, **overrides)
    if settings.sources:
        return with_found(settings)
    for folder in embedded_folders():
        running = Embedded(folder).living()
        if running:
            return read_settings(config, sources, running.url, **overrides)
    raise SettingsError(
        "no Redis is named and no embedded Valkey runs: give --redis URL, set REDIS_URL, or write [[sources]] into"
        " redrive.toml"
    )


def with_found(settings: Settings) -> Settings:
    """The settings with the sources that are found; a Redis that does not answer adds none."""
    if not any(source.find for source in settings.sources):
        return settings
    from dashboard.finding import Watch  # noqa: PLC0415 - only where a Redis is looked at

    return Watch(settings).look()


def embedded_folders() -> tuple[Path, ...]:
    """Data directories of the embedded Valkey of `redrive serve` and of `redrive demo`."""
    home = settings_module.user_data_folder()
    return home / "valkey", home / "demo"
