"""Finds Prometheus, Alertmanager and their tools for the tests, and installs them when asked, as a program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import free_port
from tests.waiting import PATIENCE

PROGRAMS = ("prometheus", "promtool", "alertmanager", "amtool")
_OTHER_NAMES = {"alertmanager": "prometheus-alertmanager"}
"""As Debian calls them."""


def find(name: str) -> str | None:
    """Path of one of the programs, whatever it is called here."""
    return shutil.which(name) or shutil.which(_OTHER_NAMES.get(name, name))


def program(name: str) -> str:
    """Path of one of the programs. Raises RuntimeError when it is missing."""
    found = find(name)
    if not found:
        raise RuntimeError(f"no {name} on PATH: run `make servers`, or install Prometheus")
    return found


def promtool(*words: str, stdin: str = "", folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run promtool."""
    return subprocess.run(
        [program("promtool"), *words],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        timeout=PATIENCE,
    )


@contextmanager
def running(folder: Path, target: str, rules: Path, alertmanager: str = "") -> Iterator[str]:
    """A Prometheus that scrapes one target each second, and tells an Alertmanager what fires; gives its address."""
    config: dict[str, Any] = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "redrive", "static_configs": [{"targets": [target]}]}],
    }
    if alertmanager:
        targets = [{"targets": [alertmanager.removeprefix("http://")]}]
        config["alerting"] = {"alertmanagers": [{"api_version": "v2", "static_configs": targets}]}
    (folder / "prometheus.yml").write_text(json.dumps(config))
    address = f"127.0.0.1:{free_port()}"
    words = [
        program("prometheus"), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}", "--log.level=warn",
    ]  # fmt: skip
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def query(address: str, expression: str, *, until: float = PATIENCE) -> list[dict[str, Any]]:
    """What an expression gives, asked again until it gives something."""
    deadline = time.monotonic() + until
    words = urllib.parse.urlencode({"query": expression})
    while True:
        try:
            with urllib.request.urlopen(f"{address}/api/v1/query?{words}", timeout=PATIENCE) as reply:
                found: list[dict[str, Any]] = json.load(reply)["data"]["result"]
        except OSError:
            found = []
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def unit(address: str, metric: str) -> str:
    """The unit of a metric as the target told it; the text format has none, OpenMetrics does."""
    words = urllib.parse.urlencode({"metric": metric})
    with urllib.request.urlopen(f"{address}/api/v1/targets/metadata?{words}", timeout=PATIENCE) as reply:
        (found,) = json.load(reply)["data"]
    return str(found["unit"])


def main() -> int:
    """Install what is missing. Returns 1 when that was not possible."""
    if all(find(name) for name in PROGRAMS):
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
        words = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "prometheus", "prometheus-alertmanager"]
        subprocess.run(words, check=True, env=environment)
    missing = ", ".join(name for name in PROGRAMS if not find(name))
    if not missing:
        return 0
    print(f"The tests need {missing}; install Prometheus and Alertmanager from https://prometheus.io", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
