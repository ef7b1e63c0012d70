"""`redrive alerts list`, and what belongs to it."""

from __future__ import annotations

import dataclasses

import click

from dashboard.api import wire
from dashboard.cli.channels import enable, test
from dashboard.cli.client import with_services
from dashboard.cli.output import json_option, print_json, print_table
from dashboard.cli.silences import silence
from dashboard.services import Services


@click.group("alerts")
def command() -> None:
    """Look at alerts, silence them, and try channels out."""


command.add_command(silence)
command.add_command(test)
command.add_command(enable)


@command.command("list")
@with_services
@json_option
def list_alerts(services: Services, as_json: bool) -> None:
    """List what fires, is pending, cannot be judged, or was over within a day; a rule without any of it is fine."""
    book = services.alerts
    (evaluating, went), alerts = book.going(), book.alerts()
    last = wire.moment(went.at) if went else None
    if as_json:
        items = [_as_dict(dataclasses.asdict(alert)) for alert in alerts]
        print_json({"items": items, "evaluated_at": last, "evaluating": evaluating})
        return
    rows = (
        (
            a.state.value,
            a.rule,
            a.severity,
            a.source,
            a.queue,
            a.value,
            a.threshold,
            wire.moment(a.starts_at),
            a.summary,
        )
        for a in alerts
    )
    columns = ("state", "rule", "severity", "source", "queue", "#value", "#above", "since", "summary")
    print_table(columns, rows, empty="Nothing fires." if evaluating else "Nothing was firing at the last check."
                if last else "No rule was checked yet.")  # fmt: skip
    if not evaluating:
        since = f"since {last}" if last else "yet"
        click.echo(f"Rules were not checked {since}; a collector does that: redrive collector", err=True)


def _as_dict(alert: dict[str, object]) -> dict[str, object]:
    times = ("since", "starts_at", "ends_at")
    return {k: wire.moment(v) if k in times and isinstance(v, float) else v for k, v in alert.items()}
