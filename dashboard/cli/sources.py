"""`redrive sources`: which sources are shown, what else lies at the same Redis, and how to show that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dashboard.adapters.discovery import factories
from dashboard.adapters.snapshot import mask_url
from dashboard.cli.options import connection_options, read_settings, settings_of_running
from dashboard.cli.output import json_option, print_json, print_table
from dashboard.finding import Found, Watch
from dashboard.settings import Settings, SourceSettings

_COLUMNS = ("source", "kind", "address", "namespace", "options", "state")


@click.command("sources")
@connection_options
@json_option
def command(*, config: Path | None, sources: tuple[dict[str, str], ...], redis_url: str | None, as_json: bool) -> None:
    """List the sources that are shown, and what else is found at the same Redis.

    Other kinds of queues are found and shown where only an address is named (--redis, REDIS_URL), or where a source of
    redrive.toml says `find = true`.
    """
    settings = read_settings(config, sources, redis_url)
    settings = settings if settings.sources else settings_of_running(config, sources, redis_url)
    watch = Watch(settings)
    shown = watch.look()
    rows = [*(_shown(each, settings) for each in shown.sources), *_others(watch, shown)]
    if as_json:
        print_json({"items": [dict(zip(_COLUMNS, row, strict=True)) for row in rows]})
        return
    print_table(_COLUMNS, [(*row[:4], _written(row[4]), row[5]) for row in rows], empty="No source.")
    if any(row[5] == "found, not shown" for row in rows):
        click.echo("To show what is found: --redis URL alone, or `find = true` under [[sources]].", err=True)


def _shown(source: SourceSettings, settings: Settings) -> tuple[Any, ...]:
    given = any(each.name == source.name and each.kind == source.kind for each in settings.sources)
    state = "configured" if given else "found"
    return source.name, source.kind, mask_url(source.url), source.namespace, dict(source.options), state


def _others(watch: Watch, shown: Settings) -> Iterator[tuple[Any, ...]]:
    """What is found and is no source: for want of an adapter, or because nobody asked for it."""
    for url in dict.fromkeys(source.url for source in shown.sources):
        for each in watch.look_at(url):
            if any(_same(each, source) for source in shown.sources if source.url == url):
                continue
            state = "found, not shown" if each.kind in factories() else "seen, no adapter yet"
            kind = each.kind if each.kind in factories() else each.title
            yield None, kind, mask_url(url), each.namespace, dict(each.options), state


def _same(found: Found, source: SourceSettings) -> bool:
    if source.kind != found.kind or found.namespace not in (source.namespace, ""):
        return False
    return all(source.options.get(name, value) == value for name, value in found.options.items())


def _written(options: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options.items())
