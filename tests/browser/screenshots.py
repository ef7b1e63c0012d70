"""Pictures of every page for the documentation, from a running demo: `python -m tests.browser.screenshots`.

A new page joins by a line in `PAGES`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.alerts.receiver import Receiver
from tests.browser import chromium
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "images"
SIZES = {"": {"width": 1440, "height": 900}, "-390": {"width": 390, "height": 844}}
THEMES = ("light", "dark")
COLOURS = 224
MOST_BYTES = 6_000_000
PATIENCE = 240.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the demo has to show: addresses of the product, and of the same with sign-in; parts of addresses."""

    address: str
    guarded: str
    job: str
    group: str
    operation: str
    alert: str


PAGES: dict[str, Callable[[Seen], str]] = {
    "overview": lambda seen: "/",
    "queues": lambda seen: "/queues",
    "queue": lambda seen: "/queues/main/billing",
    "jobs": lambda seen: "/jobs?state=failed",
    "job": lambda seen: f"/jobs/{seen.job}",
    "edit": lambda seen: f"/jobs/{seen.job}/edit",
    "dead-letters": lambda seen: "/dead",
    "group": lambda seen: f"/dead/{seen.group}",
    "plan": lambda seen: f"/operations/new?action=requeue&fingerprint={seen.group}",
    "operations": lambda seen: "/operations",
    "operation": lambda seen: f"/operations/{seen.operation}",
    "trash": lambda seen: "/trash",
    "workers": lambda seen: "/workers",
    "schedules": lambda seen: "/schedules",
    "alerts": lambda seen: "/alerts",
    "rule": lambda seen: "/alerts/rules/too-many-failed",
    "rule-editor": lambda seen: "/alerts/rules/new?metric=failure_rate",
    "incident": lambda seen: f"/alerts/incidents/{seen.alert}",
    "deliveries": lambda seen: "/alerts/deliveries",
    "silences": lambda seen: "/alerts/silences",
    "audit": lambda seen: "/audit",
    "settings": lambda seen: "/settings",
    "palette": lambda seen: "/palette?q=b",
    "login": lambda seen: f"{seen.guarded}/login",
}


@click.command()
@click.argument("names", nargs=-1)
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), default=FOLDER, help="[default: docs/images]")
@click.option("--warm", type=float, default=150.0, show_default=True, help="Seconds of sample jobs before the first.")
def main(names: tuple[str, ...], to: Path, warm: float) -> None:
    """Take the pictures of all pages, or of those named, light and dark, for a desk and for a phone."""
    to.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="redrive-pictures-") as data,
        _demo(Path(data), warm) as seen,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        for name in names or PAGES:
            _take(browser, seen, name, to)
        browser.close()
    size = sum(path.stat().st_size for path in to.glob("*.png"))
    click.echo(f"{len(list(to.glob('*.png')))} pictures, {size / 1e6:.1f} MB")
    if size > MOST_BYTES:
        raise click.ClickException(f"more than {MOST_BYTES / 1e6:.0f} MB")


def _take(browser: Browser, seen: Seen, name: str, to: Path) -> None:
    for ending, size in SIZES.items():
        context = browser.new_context(
            base_url=seen.address, viewport=size, reduced_motion="reduce", locale="en-GB", timezone_id="UTC"
        )  # type: ignore[arg-type]
        page = context.new_page()
        reply = page.goto(PAGES[name](seen))
        if reply is None or reply.status != 200:
            click.echo(f"{name}: left out, it answers {reply.status if reply else 'nothing'}")
            context.close()
            return
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready.then(() => true)")
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.wait_for_timeout(150)
            (to / f"{name}{ending}-{theme}.png").write_bytes(small(page.screenshot()))
        context.close()


def small(png: bytes) -> bytes:
    """The same picture in a palette of few colours: a third of the bytes, and nobody sees the difference."""
    with Image.open(BytesIO(png)) as picture:
        reduced = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    packed = BytesIO()
    reduced.save(packed, "PNG", optimize=True)
    return packed.getvalue()


@contextmanager
def _demo(data: Path, warm: float) -> Iterator[Seen]:
    """A demo of its own, and the same Redis behind sign-in; both are stopped at the end."""
    port, guarded = free_port(), free_port()
    words = ["demo", "--data", str(data), "--port", str(port), "--seed", "7", "--rate", "12", "--fail-rate", "0.12"]
    with Receiver() as receiver:
        team = {"name": "team-chat", "kind": "slack", "url": f"{receiver.settings('chat')['url']}/services/T/B/X"}
        channels = json.dumps([receiver.settings("ops"), team])
        yield from _running(words, channels, data, port, guarded, warm)


def _running(words: list[str], channels: str, data: Path, port: int, guarded: int, warm: float) -> Iterator[Seen]:
    processes = [_start(words, REDRIVE_CHANNELS=channels)]
    address = f"http://127.0.0.1:{port}"
    try:
        _until("the dashboard answers", lambda: _ask(f"{address}/healthz") is not None)
        redis_url = _redis_of(data)
        words = ["serve", "--redis", redis_url, "--port", str(guarded), "--no-collector"]
        processes.append(_start(words, REDRIVE_AUTH__MODE="users"))
        _add_user(redis_url)
        started = time.monotonic()
        operation = _operated(address)
        click.echo("collecting jobs to show")
        _until("enough jobs were seen", lambda: time.monotonic() - started > warm, warm + PATIENCE)
        yield _seen(address, f"http://127.0.0.1:{guarded}", operation)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(60)


def _start(words: list[str], **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )  # fmt: skip


def _add_user(redis_url: str) -> None:
    """The form to sign in tells how to add the first user while there is none."""
    words = ["users", "add", "kim", "--role", "operator", "--redis", redis_url, "--password-stdin"]
    command = [sys.executable, "-m", "dashboard", *words]
    subprocess.run(command, input=b"correct horse battery\n", check=True, stdout=subprocess.DEVNULL)


def _redis_of(data: Path) -> str:
    from dashboard.embedded import Embedded  # noqa: PLC0415 - the demo made the folder by now

    running = Embedded(data).living()
    if running is None:
        raise click.ClickException("the demo has no Valkey")
    return running.url


def _operated(address: str) -> str:
    """Requeue one group and purge some of another, and wait until both are done; the requeue's id."""
    _until("groups of failures are there", lambda: len(_groups(address)) >= 4)
    largest, other = _groups(address)[:2]
    purged = _ask(f"{address}/api/v1/operations", _body("purge", other, "Addresses of a test account"))
    requeued = _ask(f"{address}/api/v1/operations", _body("requeue", largest, "The gateway is back"))
    for operation in (purged, requeued):
        path = f"{address}/api/v1/operations/{operation['id']}"
        _until("an operation is done", lambda path=path: (_ask(path) or {}).get("state") == "done")
    _until("workers are there", lambda: len((_ask(f"{address}/api/v1/workers") or {}).get("items", [])) >= 2)
    return str(requeued["id"])


def _body(action: str, group: dict[str, Any], reason: str) -> dict[str, Any]:
    selector = {"queue": group["queue"], "fingerprint": group["fingerprint"]}
    return {"action": action, "selector": selector, "reason": reason}


def _groups(address: str) -> list[dict[str, Any]]:
    found = _ask(f"{address}/api/v1/dead/groups") or {"items": []}
    return sorted(found["items"], key=lambda group: -group["count"])


def _seen(address: str, guarded: str, operation: str) -> Seen:
    group = _groups(address)[0]
    job = f"{group['source']}/{group['queue']}/{group['sample_id']}"
    return Seen(address, guarded, job, group["fingerprint"], operation, _alert(address))


def _alert(address: str) -> str:
    """The alert that fires in every demo; a silence of another rule is made, to be shown."""
    matchers = ["rule=queue-falling-behind", "queue=reports"]
    silence = {"matchers": matchers, "comment": "Reports wait for the month's numbers", "duration_seconds": 4 * 3_600}
    _ask(f"{address}/api/v1/alerts/silences", silence)
    firing = (each for each in _ask(f"{address}/api/v1/alerts")["items"] if each["state"] == "firing")
    return str(next(firing)["fingerprint"])


def _ask(url: str, body: Any = None) -> Any:
    """What an address answers as JSON; None while it does not."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.loads(reply.read() or b"{}")
    except urllib.error.HTTPError as error:
        raise click.ClickException(f"{url}: {error.code} {error.read().decode()[:300]}") from error
    except (OSError, ValueError):
        return None


def _until(what: str, holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        if time.monotonic() > deadline:
            raise click.ClickException(f"waited in vain until {what}")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
