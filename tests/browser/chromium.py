"""Finds a Chromium for the browser tests, and installs one when asked: `python -m tests.browser.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """Path of a Chromium: named by TEST_CHROMIUM, on PATH, or installed by Playwright; None when there is none."""
    named = os.environ.get("TEST_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to import, and only needed here

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch(playwright: Playwright) -> Browser:
    """Start it. Raises RuntimeError when there is none."""
    path = find()
    if path is None:
        raise RuntimeError("no Chromium: run `make chromium`")
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, env=environment)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> int:
    """Install Chromium when it is missing. Returns 1 when that was not possible."""
    if find():
        return 0
    try:
        _install()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"Chromium is needed for the browser tests and could not be installed: {error}", file=sys.stderr)
        return 1
    return 0 if find() else 1


if __name__ == "__main__":
    sys.exit(main())
