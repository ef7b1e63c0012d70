"""The real product under a real Chromium: `redrive serve` on a Valkey of its own, one for each test process."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from werkzeug.serving import make_server

from dashboard.app import create_app
from dashboard.settings import Settings, SourceSettings
from queue_core.connection import connect
from queue_core.engine import Engine, NewJob, Outcome
from queue_core.failure import describe
from queue_core.schedules import Schedules
from tests.browser import chromium, firefox
from tests.browser.pages import World
from tests.conftest import RealServer, free_port
from tests.contract.seeders.queue_core import Seeder
from tests.waiting import PATIENCE, until
from tests.web.test_cost import workers as register_workers

VISITED, FINGERPRINT = "visited", "a" * 16
_names = itertools.count(1)
expect.set_options(timeout=PATIENCE * 1_000 / 2)
_TELL = """addEventListener("securitypolicyviolation", (e) =>
  console.error(`Content Security Policy: ${e.violatedDirective} refuses ${e.blockedURI || e.sample}`))"""


@dataclass
class Product:
    """A running dashboard and the Redis it watches."""

    address: str
    redis_url: str

    def engine(self, queue: str) -> Engine:
        """The scripts of one queue; when this returns, the dashboard's shared sample knows the queue."""
        engine, new = self._engine(queue)
        if new:
            self._wait_until_listed(queue)
        return engine

    def _engine(self, queue: str) -> tuple[Engine, bool]:
        """The scripts of one queue, and whether it is new."""
        client = connect(self.redis_url)
        return Engine(client, queue), bool(client.sadd("queues", queue))

    def _wait_until_listed(self, queue: str, failed: int = 0) -> None:
        """Until the shared sample knows the queue with at least so many dead letters."""
        until(lambda: self._listed().get(queue, -1) >= failed, f"the dashboard does not list {queue}", every=0.1)

    def _listed(self) -> dict[str, int]:
        return {each["name"]: each["failed"] for each in self.ask("/api/v1/queues?limit=200")["items"]}

    def ask(self, path: str, body: Any = None) -> Any:
        """What the API answers; a body is sent by POST."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return json.load(reply)

    def fail(self, queue: str, ids: list[str], *, type: str = "emails.send", message: str = "no such mailbox") -> None:
        """Run jobs that fail for good with one error; of a new queue, the shared sample knows them afterwards."""
        engine, new = self._engine(queue)
        engine.enqueue([NewJob(id=i, type=type, payload=b'j{"to":"a@example.com"}', max_retries=0) for i in ids])
        self.settle_failed(engine, message)
        if new:
            self._wait_until_listed(queue, 1)

    def settle_failed(self, engine: Engine, message: str = "no such mailbox") -> int:
        """Claim what is pending and fail it for good; returns how many."""
        claims = engine.settle("tester", claim=64).claims
        fingerprint = f"{abs(hash(message)) % 16**16:016x}"
        blob = describe(ValueError(message)).encode()
        engine.settle(
            "tester", [Outcome("p", c.id, c.token, -1, fingerprint, f"ValueError: {message}", blob) for c in claims]
        )
        return len(claims)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In Firefox, skip what its driver cannot do and say why."""
    for item in items:
        if firefox.wanted() and (reason := firefox.NOT_DRIVEN.get(item.name.partition("[")[0])):
            item.add_marker(pytest.mark.skip(reason))


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """`redrive serve` with its collector, stopped at the end."""
    server = RealServer().start()
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "dashboard",
        "serve",
        "--redis",
        server.url,
        "--port",
        str(port),
        "--threads",
        "16",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "CI": "1"}
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + PATIENCE
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the dashboard did not start (exit code {process.poll()})")
        time.sleep(0.1)
    yield Product(address, server.url)
    process.terminate()
    process.wait(PATIENCE)
    server.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium, or one Firefox when TEST_BROWSER says so; a missing one fails the run."""
    with sync_playwright() as playwright:
        launched = firefox.launch(playwright) if firefox.wanted() else chromium.launch(playwright)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def world(product: Product) -> World:
    """Something to see on every page: jobs in every state, an error group, workers, an alert, an operation done."""
    seeder = Seeder(product.redis_url)
    job_id = seeder.failed(VISITED, 110, fingerprint=FINGERPRINT, type="emails.send")[0]
    seeder.failed(VISITED, 5, fingerprint="d" * 16, error="TimeoutError: no answer within 5 s", type="emails.send")
    seeder.succeeded(VISITED, 20)
    seeder.retrying(VISITED, 2)
    seeder.processing(VISITED, 2)
    seeder.pending(VISITED, 3)
    seeder.scheduled(VISITED, 1, at=time.time() + 3_600)
    seeder.pending("elsewhere", 1)
    register_workers(seeder, 3, [VISITED])
    register_schedules(seeder, VISITED)
    product.engine(VISITED)
    operation = _requeue(product, {"queue": VISITED, "fingerprint": "d" * 16})
    return World("main", VISITED, job_id, FINGERPRINT, operation, f"{VISITED}:forsaken")


def register_schedules(seeder: Seeder, queue: str) -> None:
    """One that is late, one that is paused, and one that no application has any more, with runs."""
    seeder.schedule(queue, "late", ago=600)
    seeder.schedule(queue, "held", cron="0 2 * * *", zone="Europe/Berlin")
    seeder.schedule(queue, "forsaken", ago=180, data={"to": "ann"})
    stored = Schedules(seeder.engine(queue))
    stored.pause("held")
    for name in ("late", "forsaken", "forsaken"):
        stored.run_now(name)
    seeder.forsake(queue, "forsaken")


def _requeue(product: Product, selector: dict[str, str]) -> str:
    """Requeue and wait until the collector has done it; returns the operation's id."""
    started = product.ask("/api/v1/operations", {"action": "requeue", "selector": selector, "reason": "It is mended"})
    path = f"/api/v1/operations/{started['id']}"
    until(lambda: product.ask(path)["state"] == "done", "the collector does not carry out an operation", every=0.1)
    return str(started["id"])


@pytest.fixture
def problems() -> list[str]:
    """Script errors and policy violations of the pages of a test."""
    return []


@pytest.fixture
def new_page(browser: Browser, product: Product, problems: list[str]) -> Iterator[Callable[..., Page]]:
    """Open pages in contexts of their own; a script error or a policy violation fails the test."""
    contexts: list[BrowserContext] = []

    def open_page(path: str = "/", **options: object) -> Page:
        if firefox.wanted() and options.get("java_script_enabled") is False:
            pytest.skip(firefox.NO_SCRIPTING)
        context = browser.new_context(base_url=product.address, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE * 1_000 / 2)
        contexts.append(context)
        context.add_init_script(_TELL)
        page = context.new_page()
        page.on("pageerror", lambda error: None if firefox.is_notice(str(error)) else problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
        page.goto(path)
        return page

    yield open_page
    found = list(problems)
    for context in contexts:
        _close(context)
    assert found == []


def _close(context: BrowserContext) -> None:
    """End whatever the pages are loading first: Chromium may forget to close a page in the moment when it gets another.

    https://github.com/microsoft/playwright/issues/42068
    """
    for page in context.pages:
        with contextlib.suppress(Error):  # one that crashed, or that the browser keeps
            page.goto("about:blank")
    context.close()


@pytest.fixture
def queue_name() -> str:
    """A queue name no other test uses."""
    return f"queue-{os.getpid()}-{next(_names)}"


@pytest.fixture
def serve_here() -> Iterator[Callable[[str], str]]:
    """Serve the application from this process over any Redis; returns its address."""
    servers = []

    def serve(redis_url: str) -> str:
        app = create_app(Settings(sources=(SourceSettings(name="main", url=redis_url),)))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
