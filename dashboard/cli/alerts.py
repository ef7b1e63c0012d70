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
    """List every rule's present state."""
    alerts = services.alerts.alerts()
    if as_json:
        print_json({"items": [_as_dict(dataclasses.asdict(alert)) for alert in alerts]})
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
    print_table(columns, rows, empty="No alert was evaluated yet; a collector does that.")


def _as_dict(alert: dict[str, object]) -> dict[str, object]:
    times = ("since", "starts_at", "ends_at")
    return {k: wire.moment(v) if k in times and isinstance(v, float) else v for k, v in alert.items()}
