"""A dashboard without any queue says where it looks and how the first job gets there, and then becomes the page."""

from __future__ import annotations

import shlex
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.adapters.contract import Queue
from dashboard.adapters.discovery import factories, first_steps
from dashboard.app import create_app
from dashboard.services import Services
from dashboard.settings import Settings, SourceSettings
from tests.contract.seeders.queue_core import Seeder
from tests.waiting import PATIENCE, until
from tests.web.conftest import PARTIAL, words
from tests.web.pages import REGIONS, live_regions

PAGES = ("/", "/queues", "/jobs", "/dead")
CONTENT = {**PARTIAL, "HX-Target": "section#content"}


def copied(page: str) -> list[str]:
    """What the buttons of the steps copy."""
    return [unescape(each.partition('"')[0]) for each in page.split('data-copy="')[1:]]


def known(bundle: Services, name: str) -> Queue:
    """A new queue, as soon as the list of queues, which is shared for a second, has it."""

    def found() -> list[Queue]:
        bundle.sources.forget()
        return [each for each in bundle.sources.snapshot().queues if each.name == name]

    return until(found, f"{name} is not listed")[0]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_any_queue_says_where_it_looks_and_what_to_do(
    client: FlaskClient, redis_url: str, path: str
) -> None:
    page = client.get(path)
    assert page.status_code == 200
    shown = words(page)
    assert "Waiting for the first job" in shown
    assert f"main {redis_url} queue_core" in shown
    assert f'from queue_core import App app = App("{redis_url}")' in shown
    assert copied(page.text)[0] == "pip install redrive"
    assert set(live_regions(page.text)) == {"content", "navigation", "banners"}
    assert 'name="csrf_token"' not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_the_first_job_turns_the_panel_into_the_page(client: FlaskClient, seeder: Seeder, path: str) -> None:
    waiting = client.get(path, headers=CONTENT)
    assert "Waiting for the first job" in waiting.text
    seeder.pending("mail", 1)
    known(client.application.extensions["redrive"], "mail")
    page = client.get(path, headers=CONTENT)
    assert page.status_code == 200
    assert "Waiting for the first job" not in page.text
    assert "The first job is here." in page.text
    assert live_regions(page.text).keys() | {"navigation", "banners"} == live_regions(client.get(path).text).keys()


def test_a_page_keeps_its_parts_when_all_queues_are_gone(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    seeder.pending("mail", 1)
    assert "Waiting" not in words(client.get("/"))
    seeder.client.flushdb()
    bundle.sources.forget()
    for region in REGIONS["/"]:
        assert client.get("/", headers={**PARTIAL, "HX-Target": f"section#{region}"}).status_code == 200, region


def test_a_source_that_does_not_answer_is_no_first_run(redis_url: str) -> None:
    two = (SourceSettings(name="main", url=redis_url), SourceSettings(name="gone", url="redis://127.0.0.1:1/0"))
    page = create_app(Settings(sources=two)).test_client().get("/")
    assert "Waiting for the first job" not in words(page)
    assert "Redrive can’t reach gone." in words(page)


def test_a_password_is_neither_shown_nor_copied() -> None:
    (enqueue,) = [each.code for each in first_steps("queue_core", "redis://app:***@db:6379/1", "shop:") if each.file]
    assert 'App("redis://app:***@db:6379/1", namespace="shop:")' in enqueue


def test_a_kind_without_steps_has_none() -> None:
    assert "mirrored" not in factories()
    assert first_steps("no-such-kind", "redis://db") == ()


def test_the_steps_work_as_they_stand(client: FlaskClient, bundle: Services, tmp_path: Path) -> None:
    _, tasks, enqueue, worker = copied(client.get("/").text)
    (tmp_path / "tasks.py").write_text(tasks)
    python = [sys.executable, *shlex.split(enqueue)[1:]]
    subprocess.run(python, cwd=tmp_path, check=True, timeout=PATIENCE)
    assert known(bundle, "emails").pending == 1
    run = [sys.executable, "-m", "dashboard", *shlex.split(worker)[1:], "--burst", "--any-eviction-policy"]
    subprocess.run(run, cwd=tmp_path, check=True, timeout=PATIENCE, capture_output=True)
    bundle.sources.forget()
    assert bundle.sources.snapshot().queue("main", "emails").succeeded == 1
