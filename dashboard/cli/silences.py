"""`redrive alerts silence list|add|extend|end`."""

from __future__ import annotations

import click

from dashboard.alerts.matchers import parse_all
from dashboard.alerts.rules import seconds
from dashboard.api import wire
from dashboard.api.silences import silence_json
from dashboard.cli.client import with_services
from dashboard.cli.output import json_option, print_json, print_table
from dashboard.services import Services


@click.group("silence")
def silence() -> None:
    """Mute alerts for a time; they stay visible, and nobody is told."""


@silence.command("list")
@with_services
@click.option("--all", "ended", is_flag=True, help="Those that ended in the last five days too.")
@json_option
def list_silences(services: Services, *, ended: bool, as_json: bool) -> None:
    """List the silences that hold or are to come, and the maintenance windows that are open."""
    now = services.clock()
    found = [each for each in services.silences.listed() if ended or now < each.ends_at]
    opened = services.windows.open(now)
    if as_json:
        print_json({"items": [silence_json(each, now) for each in found]})
        return
    rows = [(each.id, ", ".join(map(str, each.matchers)), each.author, each.comment, wire.moment(each.starts_at),
             "resolved" if each.until_resolved and now < each.ends_at else wire.moment(each.ends_at))
            for each in found]  # fmt: skip
    rows += [(f"window {each.name}", ", ".join(map(str, each.matchers)), each.author, each.comment,
              wire.moment(begun), wire.moment(begun + each.seconds))
             for each in opened if (begun := each.open_since(now)) is not None]  # fmt: skip
    print_table(("id", "means", "by", "reason", "from", "until"), rows, empty="Nothing is silenced.")


@silence.command("add")
@with_services
@click.argument("matchers", nargs=-1, required=True, metavar="MATCHER…")
@click.option("--for", "span", default="", metavar="DURATION", help="How long: 30m, 1h; default: until resolved.")
@click.option("--reason", default="", help="Why, shown to everybody.")
@json_option
def add(services: Services, *, matchers: tuple[str, ...], span: str, reason: str, as_json: bool) -> None:
    """Silence the alerts that every MATCHER means, such as queue=billing 'rule~too-*'."""
    now = services.clock()
    try:
        ends_at = now + seconds(span) if span else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--for") from error
    made = services.silences.create(parse_all(matchers), reason, ends_at=ends_at)
    if as_json:
        print_json(silence_json(made, now))
        return
    until = "what it means now is resolved" if made.until_resolved else wire.moment(made.ends_at)
    click.echo(f"Silenced {', '.join(map(str, made.matchers))} until {until}; end it with: redrive alerts silence end"
               f" {made.id}")  # fmt: skip


@silence.command("extend")
@with_services
@click.argument("silence_id")
@click.option("--by", "span", default="1h", show_default=True, metavar="DURATION", help="How much longer: 30m, 1h.")
@json_option
def extend(services: Services, *, silence_id: str, span: str, as_json: bool) -> None:
    """Let a silence hold for longer."""
    try:
        more = seconds(span)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--by") from error
    longer = services.silences.extend(silence_id, more)
    if as_json:
        print_json(silence_json(longer, services.clock()))
        return
    click.echo(f"{longer.id} holds until {wire.moment(longer.ends_at)}.")


@silence.command("end")
@with_services
@click.argument("silence_id")
def end(services: Services, silence_id: str) -> None:
    """End a silence now."""
    ended = services.silences.end(silence_id)
    click.echo(f"{ended.id} has ended; what still fires is told again.")
