"""`redrive schedules [list|show|run|pause|resume|delete]`."""

from __future__ import annotations

import click

from dashboard.adapters.contract import InvalidRequest, Schedule, ScheduledRun, UnknownSchedule
from dashboard.api import wire, wire_schedules
from dashboard.cli.client import more, only_source, refuse_missing, with_services
from dashboard.cli.output import json_option, print_json, print_table
from dashboard.schedule_words import outcome, timing_words
from dashboard.services import Services

MOST_NAMES = 200
_COLUMNS = ("source", "schedule", "when", "type", "next", "last", "#late s", "last results", "#missed", "state")
_SIGNS = {"good": "+", "bad": "x", "info": ">", "warn": "~", "off": "o", "gone": "?"}
source_option = click.option("--source", default="", help="Its source, when there are several.")


class ListsByDefault(click.Group):
    """A group that means its `list` when no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = bool(args) and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["list", *args])


@click.group("schedules", cls=ListsByDefault)
def command() -> None:
    """Look at schedules, and run, pause, resume or delete them. Without a command: list them."""


@command.command("list")
@with_services
@click.option("--source", default="", help="Name of a source.")
@click.option("--queue", default="", help="Name of a queue.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", default="", help="Where the page before ended.")
@json_option
def list_schedules(services: Services, *, source: str, queue: str, limit: int, cursor: str, as_json: bool) -> None:
    """List schedules, paused and late ones first.

    Last results, the newest at the end: + succeeded, x failed, > running, ~ retrying, o waiting, ? not known.
    """
    page = services.sources.schedules(source, queue, cursor=cursor, limit=limit)
    if as_json:
        print_json(wire.listed(page, wire_schedules.schedule))
    else:
        now = services.clock()
        rows = (_row(each, now) for each in page.items)
        print_table(_COLUMNS, rows, empty="No schedule; one appears when `redrive scheduler APP` starts.")
        more(page.next_cursor)
    refuse_missing(services)


@command.command("show")
@with_services
@click.argument("schedule")
@source_option
@json_option
def show(services: Services, schedule: str, source: str, as_json: bool) -> None:
    """Show one schedule (QUEUE:NAME, or its name) with its arguments, last runs and next instants."""
    adapter = services.sources.get(only_source(services, source))
    facts = wire_schedules.whole(adapter.schedule(_id(services, adapter.source, schedule)))
    if as_json:
        print_json(facts)
        return
    runs = facts.pop("runs") or []
    print_table(("", ""), facts.items(), empty="")
    print_table(("run for", "at", "job", "state"), ((r["instant"] or "by hand", r["at"], r["job"], r["state"])
                                                   for r in runs), empty="No run is known.")  # fmt: skip


@command.command("run")
@with_services
@click.argument("schedule")
@source_option
@json_option
def run(services: Services, schedule: str, source: str, as_json: bool) -> None:
    """Enqueue one job of a schedule now; its next instant stays."""
    adapter = services.sources.get(only_source(services, source))
    schedule_id = _id(services, adapter.source, schedule)
    job_id = adapter.run_now(schedule_id)
    if as_json:
        print_json({"source": adapter.source, "id": schedule_id, "job": job_id})
    elif adapter.queue(adapter.schedule(schedule_id).queue).has_jobs:
        click.echo(f"{schedule_id} is enqueued as job {job_id}.")
    else:
        click.echo(f"{schedule_id} runs once when its scheduler next looks; until then it waits as {job_id}.")


@command.command("pause")
@with_services
@click.argument("schedule")
@source_option
def pause(services: Services, schedule: str, source: str) -> None:
    """Run nothing of a schedule until it is resumed."""
    adapter = services.sources.get(only_source(services, source))
    schedule_id = _id(services, adapter.source, schedule)
    adapter.pause_schedule(schedule_id)
    click.echo(f"{schedule_id} is paused; `redrive schedules resume {schedule_id}` lets it run again.")


@command.command("resume")
@with_services
@click.argument("schedule")
@source_option
def resume(services: Services, schedule: str, source: str) -> None:
    """Run a schedule again; what it missed is left out."""
    adapter = services.sources.get(only_source(services, source))
    schedule_id = _id(services, adapter.source, schedule)
    adapter.resume_schedule(schedule_id)
    click.echo(
        f"{schedule_id} runs again at {wire.moment(adapter.schedule(schedule_id).next_at) or 'its next instant'}."
    )


@command.command("delete")
@with_services
@click.argument("schedule")
@source_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(services: Services, schedule: str, source: str, yes: bool) -> None:
    """Forget a schedule that no application registers any more; its jobs stay."""
    adapter = services.sources.get(only_source(services, source))
    found = adapter.schedule(_id(services, adapter.source, schedule))
    if not yes:
        click.confirm(f"Delete {found.id} ({timing_words(found.timing)})? This cannot be undone.", abort=True, err=True)
    adapter.delete_schedule(found.id)
    click.echo(f"{found.id} is deleted.")


def _id(services: Services, source: str, named: str) -> str:
    """The id that is meant by an id or by a name alone. Raises UnknownSchedule, InvalidRequest."""
    if ":" in named:
        return named
    listed = services.sources.schedules(source, limit=MOST_NAMES).items
    if any(each.id == named for each in listed):
        return named
    found = [each.id for each in listed if each.name == named]
    if not found:
        raise UnknownSchedule(f"no schedule is called {named}; `redrive schedules` lists them as QUEUE:NAME")
    if len(found) > 1:
        raise InvalidRequest(f"several schedules are called {named}: name one of {', '.join(found)}")
    return found[0]


def _row(each: Schedule, now: float) -> tuple[object, ...]:
    return (
        each.source, each.id, timing_words(each.timing), each.type, wire.moment(each.next_at),
        wire.moment(each.last_at), each.lateness, _results(each.runs), each.missed, _state(each, now),
    )  # fmt: skip


def _results(runs: tuple[ScheduledRun, ...] | None) -> str | None:
    """The last runs as signs, the newest at the end."""
    return None if runs is None else "".join(_SIGNS[outcome(run)[0]] for run in reversed(runs))


def _state(each: Schedule, now: float) -> str:
    if each.paused:
        return "paused"
    if each.unregistered():
        return "not registered"
    overdue = each.overdue(now)
    return f"late by {overdue:.0f} s" if overdue else ""
