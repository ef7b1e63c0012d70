"""Running the `redrive` command as people do, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment without settings, whose data directory is the test's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REDRIVE_", "REDIS_"))}
    return kept | {"HOME": str(home), "XDG_DATA_HOME": str(home), "PYTHONPATH": str(ROOT)} | more


def redrive(home: Path, *words: str, said: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "dashboard", *words],
        env=environment(home, **more), cwd=home, input=said, capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip


def start(home: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    """Start a command that goes on until it is stopped."""
    log = (home / "output.txt").open("w")
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard", *words],
        env=environment(home, **more),
        cwd=home,
        stdout=log,
        stderr=log,
        text=True,
    )


def output(home: Path) -> str:
    """What the started command has said so far."""
    return (home / "output.txt").read_text()


def wait_until(true: Callable[[], object], what: str) -> None:
    """Poll, and fail with `what` after all patience."""
    until(true, what, every=0.05)


def wait_for(process: subprocess.Popen[str], home: Path, url: str) -> None:
    """Wait until a started command answers; its output is told when it ends instead."""

    def ready() -> bool:
        assert process.poll() is None, output(home)
        return answers(url)

    wait_until(ready, f"{url} answers")


def answers(url: str) -> bool:
    """Whether an address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def left_over(home: Path) -> list[int]:
    """Ids of living processes that were started with a test's home directory, embedded servers included."""
    found = embedded_servers(home)
    mark = str(home)
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            if mark.encode() in (folder / "environ").read_bytes() and not _is_zombie(folder):
                found.append(int(folder.name))
        except OSError:
            continue
    return sorted(set(found))


def embedded_servers(home: Path) -> list[int]:
    """Ids of living embedded servers; they overwrite their environment, so their state files tell."""
    states = [json.loads(file.read_text()) for file in home.rglob("server.json")]
    return [state["pid"] for state in states if Path(f"/proc/{state['pid']}").exists()]


def _is_zombie(folder: Path) -> bool:
    return (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"


def stop_everything(home: Path) -> None:
    """Kill what a failed test left behind."""
    for pid in left_over(home):
        os.kill(pid, signal.SIGKILL)
