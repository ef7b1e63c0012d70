"""The `redrive` command: finds the commands in this folder and gives every failure its exit code."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from collections.abc import Iterator, Sequence

import click

from dashboard import __version__
from dashboard.audit.actor import act_as

DONE, FAILED, WRONG_USAGE, UNREACHABLE = 0, 1, 2, 3


class Discovered(click.Group):
    """A group whose commands are the `command` or `commands` of each module in this folder.

    A command named as its module is loaded alone, so that a worker starts without the rest.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(command.name for command in _all_commands() if command.name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        modules = [name for name in _module_names() if name == cmd_name] or _module_names()
        found = (command for name in modules for command in _commands_of(name))
        return next((command for command in found if command.name == cmd_name), None)


def _module_names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def _commands_of(name: str) -> tuple[click.Command, ...]:
    module = importlib.import_module(f"{__name__}.{name}")
    single = getattr(module, "command", None)
    return (*((single,) if isinstance(single, click.Command) else ()), *getattr(module, "commands", ()))


def _all_commands() -> Iterator[click.Command]:
    for name in _module_names():
        yield from _commands_of(name)


@click.group(cls=Discovered, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="redrive")
@click.option("--traceback", "show_traceback", is_flag=True, help="Show where an error came from.")
@click.pass_context
def cli(ctx: click.Context, show_traceback: bool) -> None:
    """See, mend and watch job queues in Redis."""
    ctx.obj = {"traceback": show_traceback}


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; what went wrong is on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        act_as("command line")
        result = cli.main(words, prog_name="redrive", standalone_mode=False)
        return result if isinstance(result, int) else DONE
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return DONE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; nothing more was changed.", err=True)
        return FAILED
    except Exception as error:  # noqa: BLE001 - every other failure is told in words
        if "--traceback" in words:
            traceback.print_exc()
        return _told(error)


def _told(error: Exception) -> int:
    from dashboard.cli.failures import exit_code, in_words  # noqa: PLC0415 - not needed when nothing fails

    click.echo(f"redrive: {in_words(error)}", err=True)
    return exit_code(error)


def main() -> None:
    """The console script."""
    sys.exit(run())
