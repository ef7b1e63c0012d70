"""`redrive users`: who may sign in to the dashboard."""

from __future__ import annotations

import sys
from typing import Any

import click

from dashboard.adapters.contract import InvalidRequest
from dashboard.api import wire
from dashboard.auth import passwords
from dashboard.auth.roles import Role
from dashboard.auth.users import User, check_name
from dashboard.cli.client import with_services
from dashboard.cli.output import json_option, print_json, print_table
from dashboard.services import Services

_ROLES = click.Choice([role.value for role in Role])
_from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")


class Name(click.ParamType[str]):
    """A name that a user can have."""

    name = "NAME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse a name with characters that names cannot have."""
        try:
            check_name(str(value))
        except InvalidRequest as error:
            self.fail(str(error), param, ctx)
        return str(value)


@click.group("users")
def command() -> None:
    """Who may sign in to the dashboard, and what they may do there."""


@command.command("add")
@with_services
@click.argument("name", type=Name())
@click.option("--role", type=_ROLES, default=Role.VIEWER.value, show_default=True, help="What the user may do.")
@_from_stdin
def add(services: Services, name: str, role: str, password_stdin: bool) -> None:
    """Add the user NAME: a viewer reads, an operator acts on jobs, an admin also manages users.

    The password is asked for twice; it is never an argument, which others on this machine could see.
    """
    services.auth.users.add(name, Role(role), _password(name, password_stdin))
    click.echo(f"{name} can sign in as {role}.")
    if not services.auth.required:
        click.echo('Nobody has to sign in yet: set auth.mode = "users" (REDRIVE_AUTH__MODE=users), then start again.',
                   err=True)  # fmt: skip


@command.command("passwd")
@with_services
@click.argument("name", type=Name())
@_from_stdin
def passwd(services: Services, name: str, password_stdin: bool) -> None:
    """Give the user NAME another password; all sessions of that user end."""
    services.auth.users.set_password(name, _password(name, password_stdin))
    click.echo(f"{name} has another password and is signed out everywhere.")


@command.command("role")
@with_services
@click.argument("name", type=Name())
@click.argument("role", type=_ROLES)
def role(services: Services, name: str, role: str) -> None:
    """Give the user NAME another role; all sessions of that user end."""
    services.auth.users.set_role(name, Role(role))
    click.echo(f"{name} is {role} and is signed out everywhere.")


@command.command("remove")
@with_services
@click.argument("name", type=Name())
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(services: Services, name: str, yes: bool) -> None:
    """Remove the user NAME; all sessions of that user end."""
    if not yes:
        click.confirm(f"Remove {name}?", abort=True, err=True)
    services.auth.users.remove(name)
    click.echo(f"{name} is removed and signed out everywhere.")


@command.command("list")
@with_services
@json_option
def list_users(services: Services, as_json: bool) -> None:
    """List all users."""
    users = services.auth.users.all()
    if as_json:
        print_json({"items": [_as_dict(user) for user in users]})
    else:
        columns = ("name", "role", "added", "password set", "last sign-in")
        rows = [tuple(_as_dict(user).values()) for user in users]
        print_table(columns, rows, empty="No user yet; add one with `redrive users add NAME`.")


def _as_dict(user: User) -> dict[str, Any]:
    return {
        "name": user.name, "role": user.role.value, "created_at": wire.moment(user.created_at),
        "password_changed_at": wire.moment(user.changed_at), "signed_in_at": wire.moment(user.signed_in_at),
    }  # fmt: skip


def _password(name: str, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for the password on; say --password-stdin and pipe it in")

    def usable(password: str) -> str:
        try:
            passwords.check(name, password)
        except InvalidRequest as error:
            raise click.UsageError(str(error)) from error
        return password

    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt="Again", err=True, value_proc=usable)
    return answer
