"""Signals of a worker: TERM and INT drain, a second one gives back at once, QUIT ends now, USR1 tells what runs."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import time
from types import FrameType

from queue_core.worker.agent import Agent

log = logging.getLogger("queue_core.worker")


def install(agent: Agent) -> None:
    """Set the handlers; only from the main thread."""

    def drain(_number: int, _frame: FrameType | None) -> None:
        agent.stop()

    def leave_now(_number: int, _frame: FrameType | None) -> None:
        os._exit(128 + signal.SIGQUIT)  # children die with it; leases end by themselves

    def tell(_number: int, _frame: FrameType | None) -> None:
        for run in agent.runs():
            log.warning("running %s %s for %.1f s", run.claim.type, run.claim.id, time.time() - run.started)
        faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
        for pid in agent.child_pids():
            os.kill(pid, signal.SIGUSR1)

    signal.signal(signal.SIGTERM, drain)
    signal.signal(signal.SIGINT, drain)
    signal.signal(signal.SIGQUIT, leave_now)
    signal.signal(signal.SIGUSR1, tell)
