"""BullMQ itself: a program of Node.js that adds jobs and runs workers as it is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "redrive-adapters"
PROGRAM = Path(__file__).with_name("program.mjs")


def folder(version: int, *, install: bool) -> Path:
    """Where BullMQ of that version is installed; skips the test where it is not and cannot be."""
    where = CACHE / f"bullmq-{version}"
    if not shutil.which("node"):
        pytest.skip("Node.js is not installed")
    if not (where / "node_modules" / "ioredis").exists():
        if not install or not shutil.which("npm"):
            pytest.skip(f"BullMQ {version} is not installed; `make test-adapters` installs it where there is npm")
        where.mkdir(parents=True, exist_ok=True)
        command = [
            "npm",
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(where),
            f"bullmq@{version}",
            "ioredis@5",
        ]
        done = subprocess.run(command, capture_output=True, timeout=150, check=False)
        if done.returncode:
            pytest.skip(f"BullMQ {version} could not be installed: {done.stderr.decode()[-300:]}")
    return where


class Program:
    """Speaks to one process; `program.add(queue=…, …)` and so on are the commands of `program.mjs`."""

    def __init__(self, url: str, where: Path, prefix: str = "bull") -> None:
        address = urlsplit(url)
        environment = {
            **os.environ, "BULLMQ_FOLDER": str(where), "REDIS_PORT": str(address.port),
            "REDIS_DB": address.path.strip("/") or "0", "PREFIX": prefix,
        }  # fmt: skip
        self._process = subprocess.Popen(
            ["node", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )

    def __getattr__(self, command: str) -> Callable[..., Any]:
        def call(**given: Any) -> Any:
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(json.dumps({"command": command, **given}) + "\n")
            self._process.stdin.flush()
            reply = json.loads(self._process.stdout.readline())
            assert "error" not in reply, reply["error"]
            return reply["result"]

        return call

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
