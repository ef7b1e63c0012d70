"""A real Alertmanager on loopback, asked by its own tool."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import free_port
from tests.deploy.prometheus import program
from tests.waiting import PATIENCE

CONFIG = """
route: {receiver: nobody, group_wait: 1s}
receivers: [{name: nobody}]
"""


@contextmanager
def running(folder: Path, resolve_timeout: str = "5m") -> Iterator[str]:
    """An Alertmanager without neighbours; gives its address once it answers."""
    (folder / "alertmanager.yml").write_text(f"global: {{resolve_timeout: {resolve_timeout}}}\n{CONFIG}")
    address = f"127.0.0.1:{free_port()}"
    words = [
        program("alertmanager"), f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}", f"--web.listen-address={address}", "--cluster.listen-address=",
        "--log.level=warn",
    ]  # fmt: skip
    with (folder / "alertmanager.log").open("w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            _wait(f"http://{address}/-/ready", folder)
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def alerts(address: str, *matchers: str) -> list[dict[str, Any]]:
    """What `amtool alert query` shows: alerts that are active."""
    words = [program("amtool"), "alert", "query", *matchers, f"--alertmanager.url={address}", "--output=json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENCE)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def until(address: str, *matchers: str, wanted: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """The alerts as soon as they are as wanted, or as they are after all patience."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = alerts(address, *matchers)
        if wanted(found) or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _wait(url: str, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE):
                return
        except OSError:
            assert time.monotonic() < deadline, (folder / "alertmanager.log").read_text()
            time.sleep(0.05)
