"""A key of the wrong kind costs the part of a page that reads it, never the page."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from flask.testing import FlaskClient

from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import words
from tests.web.pages import FINGERPRINT, furnish
from tests.web.test_cost import workers

LISTS = ("/queues/main/mail", "/queues/main/mail/jobs", "/jobs", f"/dead/{FINGERPRINT}")


def damage(redis_url: str, bundle: Services, key: str) -> None:
    """Put a string where another kind of value belongs, as a stray SET does."""
    server = redis.Redis.from_url(redis_url)
    assert server.exists(key), key
    server.set(key, "damaged")
    server.close()
    bundle.sources.forget()
    forget_roll(bundle)


def forget_roll(bundle: Services) -> None:
    """Read anew who is there, as happens every second."""
    access: Any = bundle.sources.get("main")
    access._access._roll.forget()


@pytest.mark.parametrize("path", LISTS)
def test_a_damaged_job_costs_the_list_alone_and_is_named(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder, path: str
) -> None:
    furnish(client, seeder)
    assert "Jobs can’t be read" not in words(client.get(path))
    damage(redis_url, bundle, "{q:mail}:j:mail-1")
    page = client.get(path)
    assert page.status_code == 200
    listed = page.text.partition('<section id="jobs"')[2].partition("</section>")[0]
    assert "Jobs can’t be read" in listed
    assert "source main: WRONGTYPE" in listed
    assert "Try again</a>" in listed
    assert "No failed jobs" not in listed


def test_a_damaged_list_of_dead_letters_leaves_the_rest_of_the_queue_page(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder
) -> None:
    furnish(client, seeder)
    damage(redis_url, bundle, "{q:mail}:dead")
    page = client.get("/queues/main/mail")
    assert page.status_code == 200
    assert "Jobs can’t be read" in words(page)
    assert 'id="figures"' in page.text


@pytest.mark.parametrize("path", ["/", "/queues"])
def test_a_damaged_queue_is_named_with_its_error_beside_the_others(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder, path: str
) -> None:
    furnish(client, seeder)
    damage(redis_url, bundle, "{q:mail}:pend")
    page = client.get(path)
    assert page.status_code == 200
    row = page.text.partition('<tr id="q-main-mail"')[2].partition("</tr>")[0]
    assert "Can’t be read" in row
    assert 'title="WRONGTYPE' in row
    assert "not reported by this kind of source" not in row
    assert 'id="q-main-billing"' in page.text
    if path == "/":
        assert "mail can’t be read WRONGTYPE" in words(page)


@pytest.mark.parametrize("key", ["{q:mail}:dfl", "{q:mail}:dfm:" + FINGERPRINT])
@pytest.mark.parametrize("others", [False, True])
def test_damaged_groups_are_named_and_hide_no_others(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder, key: str, others: bool
) -> None:
    seeder.failed("mail", 3, fingerprint=FINGERPRINT)
    if others:
        seeder.failed("billing", 2, fingerprint="b" * 16)
    damage(redis_url, bundle, key)
    for path in ("/dead?sort=last", "/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "No dead letters" not in words(page)
        assert ("b" * 16 in page.text) == others, path
    shown = words(client.get("/dead?sort=last"))
    assert "WRONGTYPE" in shown
    assert "mail" in shown
    assert not others or "1 queue can’t be read, and is left out here." in shown


def test_a_list_over_all_queues_says_which_ones_it_is_without(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder
) -> None:
    seeder.failed("mail", 3)
    seeder.failed("billing", 2)
    damage(redis_url, bundle, "{q:mail}:dead")
    shown = words(client.get("/jobs"))
    assert "1 queue can’t be read, and is left out here. mail WRONGTYPE" in shown
    assert "there may be more: not every queue can be read" in shown
    assert client.get("/jobs").text.count('name="job"') == 2


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("key", ["{q:mail}:cr", "{q:mail}:cr:nightly"])
def test_damaged_schedules_are_named(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder, key: str, others: bool
) -> None:
    seeder.schedule("mail")
    if others:
        seeder.schedule("billing", "hourly")
    damage(redis_url, bundle, key)
    page = client.get("/schedules")
    assert page.status_code == 200
    assert "WRONGTYPE" in words(page)
    assert "No schedules" not in words(page)
    assert ("hourly" in page.text) == others


def test_a_workers_damaged_report_is_named_on_the_overview_and_beside_the_other_workers(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder
) -> None:
    furnish(client, seeder)
    workers(seeder, 2, ["mail"])
    damage(redis_url, bundle, "worker:worker-0")
    assert "The report of 1 worker can’t be read WRONGTYPE" in words(client.get("/"))
    rows = client.get("/workers").text.partition("<tbody>")[2].split("<tr ")
    damaged, whole = sorted(rows[1:], key=lambda row: "worker-0" not in row)
    assert "Can’t be read" in damaged
    assert "WRONGTYPE" in damaged
    assert "Can’t be read" not in whole


def test_workers_that_cannot_be_listed_leave_the_queues_and_are_not_said_to_be_none(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder
) -> None:
    furnish(client, seeder)
    workers(seeder, 2, ["mail"])
    damage(redis_url, bundle, "workers")
    for path in ("/", "/workers"):
        page = client.get(path)
        assert page.status_code == 200
        assert "source main: the key workers cannot be read: WRONGTYPE" in words(page)
        assert "No workers" not in words(page)
        assert "No worker serves" not in words(page)
    assert 'id="q-main-mail"' in client.get("/").text


def test_queues_that_cannot_be_listed_are_no_source_that_is_away_and_no_first_run(
    redis_url: str, client: FlaskClient, bundle: Services, seeder: Seeder
) -> None:
    furnish(client, seeder)
    damage(redis_url, bundle, "queues")
    shown = words(client.get("/"))
    assert "main can’t be read. source main: the key queues cannot be read: WRONGTYPE" in shown
    assert "can’t reach" not in shown
    assert "Waiting for the first job" not in shown
