"""The child process: loads the application, then runs what its agent hands it."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import importlib
import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from types import FrameType

from queue_core import tracing
from queue_core.worker import wire
from queue_core.worker.loading import load_app
from queue_core.worker.session import Session

_PR_SET_PDEATHSIG = 1


def main(descriptor: int, path: str, executor: str, parent: int) -> None:
    """Run jobs until the agent is gone.

    Args:
        descriptor: of the connection to the agent. path: `module:attribute` of the App.
        executor: name of a module in `executors`. parent: the agent's process id.
    """
    os.set_inheritable(descriptor, False)
    _live_with(parent)
    connection = Connection(descriptor)
    try:
        app = load_app(path)
    except BaseException:  # noqa: BLE001 - the agent tells it, once, in words
        with contextlib.suppress(OSError):
            wire.send(connection, "broken", text=traceback.format_exc(limit=-5))
        sys.exit(1)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        importlib.import_module(f"queue_core.worker.executors.{executor}").serve(Session(connection, app))
    try:
        tracing.flush()
    finally:
        os._exit(0)  # threads of jobs may still run; nobody takes their outcome any more


def _live_with(parent: int) -> None:
    """Die with the agent; leave the agent's signals to the agent."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ignore)  # a handler, since ignored signals stay ignored in programs that a job starts
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _ignore(number: int, frame: FrameType | None) -> None:
    pass
