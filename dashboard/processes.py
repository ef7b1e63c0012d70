"""The child processes of one command: started, restarted when they die, and stopped together."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

_forked = multiprocessing.get_context("fork")


@dataclass
class Child:
    """One child: what it runs, and whether the command goes on without it.

    Args:
        name: shown when it is restarted.
        target: called in the child with `arguments`.
        vital: when it ends, everything is stopped; otherwise it is started again.
    """

    name: str
    target: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    vital: bool = False
    process: BaseProcess | None = None
    deaths: int = 0
    start_at: float = field(default=0.0)


class Processes:
    """Runs children until SIGINT, SIGTERM or SIGHUP, or until a vital one ends.

    Each child is in a session of its own, so Ctrl+C in a terminal reaches the parent alone, which stops them in
    the reverse order of their start. A child whose parent was killed stops by itself.

    Args:
        say: told in a sentence when a child had to be started again.
        patience: seconds a child gets to finish after SIGTERM before it is killed.
        meanwhile: called ten times a second; gives children that are to run instead of those that do, or None.
    """

    def __init__(
        self,
        say: Callable[[str], Any],
        *,
        patience: float = 20.0,
        meanwhile: Callable[[], list[Child] | None] = lambda: None,
    ) -> None:
        self.say = say
        self.patience = patience
        self.meanwhile = meanwhile
        self.children: list[Child] = []
        self._stopping = False

    def add(self, child: Child) -> None:
        """Add a child; it starts when `run` is called."""
        self.children.append(child)

    def run(self) -> int:
        """Start all and watch them; returns 0 when it was asked to stop, 1 when a vital child ended by itself."""
        before = {number: signal.signal(number, self._ask_to_stop) for number in _STOPPING}
        try:
            while not self._stopping:
                if any(self._ended_for_good(child) for child in self.children):
                    return 1
                for child in self.children:
                    self._keep_running(child)
                instead = self.meanwhile()
                if instead is not None:
                    self._stop_all()
                    self.children = instead
                time.sleep(0.1)
            return 0
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    @staticmethod
    def _ended_for_good(child: Child) -> bool:
        return child.vital and child.process is not None and not child.process.is_alive()

    def _keep_running(self, child: Child) -> None:
        if child.process is not None and not child.process.is_alive():
            child.deaths += 1
            pause = min(30.0, 0.5 * 2 ** min(child.deaths, 6))
            self.say(f"{child.name} ended (code {child.process.exitcode}); starting it again in {pause:g} s")
            child.process, child.start_at = None, time.monotonic() + pause
        if child.process is None and time.monotonic() >= child.start_at:
            child.process = _forked.Process(target=_in_child, args=(child.target, child.arguments), name=child.name)
            child.process.start()

    def _stop_all(self) -> None:
        for child in reversed(self.children):
            if child.process is None:
                continue
            if child.process.is_alive():
                child.process.terminate()
            child.process.join(self.patience)
            if child.process.is_alive():
                self.say(f"{child.name} did not stop within {self.patience:g} s and was killed")
                child.process.kill()
                child.process.join()


_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _in_child(target: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    os.setsid()
    for number in _STOPPING:
        signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_stop_when_orphaned, name="watch-parent", daemon=True).start()
    target(*arguments)


def _stop_when_orphaned() -> None:
    """Waits for the parent's end; the pipe that tells it is closed by the kernel, even after kill -9."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
