"""`redrive dead list|groups|show|trash|requeue|purge|restore`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from dashboard.adapters.contract import Action, State
from dashboard.api import wire
from dashboard.cli import jobs
from dashboard.cli.client import more, refuse_missing, selection_options, selector, with_services
from dashboard.cli.export import format_option, write_groups, write_jobs
from dashboard.cli.following import follow
from dashboard.cli.output import harmless, json_option, print_json, print_table
from dashboard.operations.records import Pace, Plan, Weight
from dashboard.services import Services


@click.group("dead")
def command() -> None:
    """Look at dead letters and put them back, or away."""


@command.command("list")
@with_services
@selection_options
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", default="", help="Where the page before ended.")
@format_option
@json_option
def list_dead(services: Services, limit: int, cursor: str, as_json: bool, kind: str | None, **words: Any) -> None:
    """List dead letters, the newest first."""
    refuse_missing(services)
    if kind:
        write_jobs(services, selector(state=State.FAILED, **words), kind)
        return
    page = services.sources.jobs(selector(state=State.FAILED, **words), cursor=cursor, limit=limit)
    if as_json:
        print_json(wire.listed(page, wire.job))
        return
    print_table(jobs.COLUMNS, map(jobs.row, page.items), empty="No dead letter matches.")
    more(page.next_cursor)


@command.command("groups")
@with_services
@selection_options
@click.option("--order", type=click.Choice(["last", "count"]), default="last", show_default=True)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", default="", help="Where the page before ended.")
@format_option
@json_option
def groups(  # noqa: PLR0917 - click passes them by name
    services: Services, order: str, limit: int, cursor: str, as_json: bool, kind: str | None, **words: Any
) -> None:
    """List dead letters by error."""
    refuse_missing(services)
    if kind:
        write_groups(services, selector(**words), order, kind)
        return
    page = services.sources.groups(selector(**words), order=order, cursor=cursor, limit=limit)
    if as_json:
        print_json(wire.listed(page, wire.group))
        return
    rows = (
        (g.count, f"{g.error_type}: {g.message}", g.source, g.queue, g.type, wire.moment(g.last_seen), g.fingerprint)
        for g in page.items
    )
    columns = ("#count", "error", "source", "queue", "type", "last seen", "fingerprint")
    print_table(columns, rows, empty="No dead letter matches.")
    more(page.next_cursor)


@command.command("trash")
@with_services
@selection_options
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", default="", help="Where the page before ended.")
@json_option
def trash(services: Services, limit: int, cursor: str, as_json: bool, **words: Any) -> None:
    """List purged jobs that can still be restored, the last purged first."""
    refuse_missing(services)
    page = services.sources.trash(selector(**words), cursor=cursor, limit=limit)
    if as_json:
        print_json(wire.listed(page, wire.job))
        return
    rows = (
        (j.id, j.source, j.queue, j.type, j.state.value, wire.moment(j.purged_at), wire.moment(j.restorable_until))
        for j in page.items
    )
    columns = ("id", "source", "queue", "type", "was", "purged", "kept until")
    print_table(columns, rows, empty="The trash is empty.")
    more(page.next_cursor)


command.add_command(jobs.show)


def bulk_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of the commands that change many jobs."""
    for option in reversed((
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option("--dry-run", is_flag=True, help="Print the plan and change nothing."),
        click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many jobs a second."),
        click.option("--reason", default="", help="Why, for the record; needed for more jobs than limits.reason_from."),
        json_option,
    )):  # fmt: skip
        function = option(function)
    return function


@command.command("requeue")
@with_services
@selection_options
@bulk_options
@click.option("--canary", type=click.IntRange(1), help="Try so many first and look at their outcome.")
@click.option("--stop-after-refailed", type=click.IntRange(1), help="Stop when so many failed again the same way.")
@click.option(
    "--slow-down/--no-slow-down", default=True, show_default=True,
    help="Go slower while a target queue or its Redis is over a limit.",
)  # fmt: skip
def requeue(
    services: Services, rate: float | None, canary: int | None, stop_after_refailed: int | None, slow_down: bool,
    **words: Any,
) -> int:  # fmt: skip
    """Put dead letters back into their queues."""
    return _change(services, Action.REQUEUE, Pace(rate, canary, stop_after_refailed, slow_down), **words)


@command.command("purge")
@with_services
@selection_options
@bulk_options
def purge(services: Services, rate: float | None, **words: Any) -> int:
    """Put dead letters into the trash, from which they can be restored for a while."""
    return _change(services, Action.PURGE, Pace(rate), **words)


@command.command("restore")
@with_services
@selection_options
@bulk_options
def restore(services: Services, rate: float | None, **words: Any) -> int:
    """Bring purged jobs back from the trash."""
    return _change(services, Action.RESTORE, Pace(rate), **words)


def _change(
    services: Services, action: Action, pace: Pace, *, yes: bool, dry_run: bool, reason: str, as_json: bool,
    **words: Any,
) -> int:  # fmt: skip
    refuse_missing(services)
    plan = services.operations.plan(action, selector(**words))
    if as_json and dry_run:
        print_json({"action": action.value, "matched": plan.matched, "warnings": list(plan.warnings),
                    "cautions": [wire.caution(each) for each in plan.cautions], "selected": plan.words,
                    "by_queue": {f"{source}/{queue}": n for (source, queue), n in plan.by_queue.items()},
                    "by_type": plan.by_type, "plan_token": plan.token})  # fmt: skip
    elif not as_json:
        _print_plan(plan)
    if dry_run or plan.matched == 0:
        return 0
    if services.operations.reason_missing(plan, reason):
        most = services.settings.limits.reason_from
        raise click.UsageError(
            f"{plan.matched:,} jobs are more than {most:,}: say why with --reason TEXT. Nothing was changed"
        )
    if not yes:
        click.confirm(f"{action.value.capitalize()} {plan.matched:,} jobs?", abort=True, err=True)
    operation = services.operations.start(plan_token=plan.token, pace=pace, reason=reason, actor="command line")
    return follow(services, operation.id, as_json)


def _print_plan(plan: Plan) -> None:
    click.echo(f"{plan.action.value.capitalize()}: {plan.matched:,} jobs match. Selected: {harmless(plan.words)}.")
    rows = [(f"{source}/{queue}", count) for (source, queue), count in plan.by_queue.items()]
    rows += list(plan.by_type.items())
    if rows:
        print_table(("of queue, of type", "#jobs"), rows, empty="")
    for caution in plan.cautions:
        word = "Note" if caution.weight == Weight.NOTE else "Warning"
        click.echo(harmless(f"{word}: {caution.text}. {caution.advice}".replace("..", ".").rstrip()))
