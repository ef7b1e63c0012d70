"""`redrive config show`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dashboard.adapters.snapshot import mask_url
from dashboard.alerts.page_channels import shown_address
from dashboard.cli.options import connection_options, read_settings
from dashboard.cli.output import json_option, print_json, print_table

_SECRET = "***"  # noqa: S105 - what is shown instead of one


@click.group("config")
def command() -> None:
    """Look at the settings."""


@command.command("show")
@connection_options
@json_option
def show(*, config: Path | None, sources: tuple[dict[str, str], ...], redis_url: str | None, as_json: bool) -> None:
    """Show every setting as it is after the command line, the environment and the file; secrets are masked."""
    settings = read_settings(config, sources, redis_url)
    values = _masked(settings.model_dump(mode="json", by_alias=True))
    for shown, channel in zip(values["channels"], settings.channels, strict=True):
        shown["url"] = shown_address(channel)  # its path may be what proves who calls
    if as_json:
        print_json(values)
    else:
        print_table(("setting", "value"), _flat("", values), empty="")


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _masked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, name) for each in value]
    if isinstance(value, str) and value:
        if name in ("secret", "previous_secrets"):
            return _SECRET
        if name == "heartbeat_url":  # its path is what proves who calls
            return f"{mask_url(value).partition('?')[0].rpartition('/')[0]}/{_SECRET}"
        return mask_url(value) if "://" in value else value
    return value


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _flat(f"{name}.{key}".lstrip("."), each)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for index, each in enumerate(value):
            yield from _flat(f"{name}[{index}]", each)
    else:
        yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
