"""The APP argument of commands that run an application's code."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from queue_core.app import App
from queue_core.worker.loading import AppNotFound, load_app


def application(path: str) -> App:
    """The App at `module:attribute`, looked for in the current folder too.

    Raises:
        UsageError: there is none.
    """
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return load_app(path)
    except AppNotFound as error:
        raise click.UsageError(str(error)) from error
