"""The built wheel, installed in an empty environment, is a working product."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import urllib.request
import venv
from pathlib import Path

import pytest

from dashboard import __version__
from tests.cli.commands import answers, wait_until
from tests.conftest import free_port
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


def run(*words: str | Path, folder: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "REDIS_URL")}
    result = subprocess.run(
        [str(word) for word in words], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.timeout(400)
def test_the_installed_wheel_serves_pages_and_static_files(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT, folder=tmp_path)
    (wheel,) = tmp_path.glob("redrive-*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    binaries = tmp_path / "venv" / "bin"
    run(binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, folder=tmp_path)
    where = run(binaries / "python", "-c", "import dashboard; print(dashboard.__file__)", folder=tmp_path)
    assert str(tmp_path) in where
    assert run(binaries / "redrive", "--version", folder=tmp_path).strip().endswith(__version__)
    port = free_port()
    words = [str(binaries / "redrive"), "serve", "--port", str(port), "--redis", "redis://127.0.0.1:1/0"]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the installed dashboard answers")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/settings") as reply:
            page = reply.read().decode()
        found = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
        assert found
        assert answers(f"http://127.0.0.1:{port}{found[1]}")
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_the_version_is_the_same_everywhere() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__
