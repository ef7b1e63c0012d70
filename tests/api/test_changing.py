"""The API changes what was asked and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Call
from tests.api.test_reading import problem
from tests.contract.seeders.queue_core import Seeder


def test_a_queue_is_paused_and_resumed_and_shown_so_at_once(call: Call, seeder: Seeder) -> None:
    seeder.pending("mail", 1)
    assert call("GET", "/queues/main/mail").get_json()["paused"] is False
    assert call("POST", "/queues/main/mail/pause").get_json()["paused"] is True
    assert call("GET", "/queues/main/mail").get_json()["paused"] is True
    assert call("DELETE", "/queues/main/mail/pause").get_json()["paused"] is False
    problem(call("POST", "/queues/main/nothing/pause"), 404)


def test_one_job_is_requeued_purged_restored_and_cancelled(call: Call, seeder: Seeder) -> None:
    first, second = seeder.failed("mail", 2)
    assert call("POST", f"/jobs/main/mail/{first}/requeue").get_json()["state"] == "pending"
    problem(call("POST", f"/jobs/main/mail/{first}/requeue"), 409)
    assert call("POST", f"/jobs/main/mail/{first}/cancel").get_json()["state"] == "cancelled"
    assert call("DELETE", f"/jobs/main/mail/{second}").get_json()["state"] is None
    assert call("POST", f"/jobs/main/mail/{second}/restore").get_json()["state"] == "failed"
    problem(call("DELETE", "/jobs/main/mail/nothing"), 404)


def test_an_edit_requeues_the_job_with_other_arguments(call: Call, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1, data={"to": "ann"})
    edited = call("POST", f"/jobs/main/mail/{job_id}/edit", json={"data": {"to": "bob"}})
    assert edited.get_json()["state"] == "pending"
    job = call("GET", f"/jobs/main/mail/{job_id}").get_json()
    assert job["data"] == {"to": "bob"}
    assert job["history"]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": "x=1", "content_type": "application/x-www-form-urlencoded"}, 415),
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"json": {}}, 422),
        ({"json": []}, 422),
        ({"json": {"data": 1, "more": 2}}, 422),
        ({"data": '{"data": NaN}', "content_type": "application/json"}, 400),
    ],
)
def test_a_body_that_is_not_understood_changes_nothing(
    call: Call, seeder: Seeder, options: dict[str, Any], status: int
) -> None:
    (job_id,) = seeder.failed("mail", 1)
    problem(call("POST", f"/jobs/main/mail/{job_id}/edit", **options), status)
    assert call("GET", f"/jobs/main/mail/{job_id}").get_json()["state"] == "failed"


@pytest.mark.parametrize(
    "body",
    [
        {"action": "purge", "selector": {}},
        {"action": "purge"},
        {"action": "purge", "selector": {"queue": ""}},
        {"action": "purge", "selector": {"queue": "  "}},
        {"action": "purge", "selector": {"ids": []}},
        {"action": "purge", "selector": {"queu": "mail"}},
        {"action": "purge", "selector": {"queue": "mail"}, "all": True},
        {"action": "erase", "selector": {"queue": "mail"}},
        {"selector": {"queue": "mail"}},
        {"action": "purge", "selector": {"queue": "mail"}, "rate_per_second": -1},
        {"action": "purge", "selector": {"queue": "mail", "state": "succeeded"}},
        {"action": "purge", "selector": {"queue": "mail"}, "plan_token": "x"},
        {"plan_token": "x", "dry_run": True},
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_selector_that_says_nothing_never_means_everything(
    call: Call, seeder: Seeder, body: dict[str, Any], dry_run: bool
) -> None:
    seeder.failed("mail", 3)
    problem(call("POST", "/operations", json={"dry_run": dry_run, **body}), 422)
    assert call("GET", "/operations").get_json()["items"] == []


def test_a_plan_is_redeemed_for_exactly_the_planned_jobs(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    body = {"action": "requeue", "selector": {"source": "main", "queue": "mail"}, "dry_run": True}
    plan = call("POST", "/operations", json=body)
    assert plan.status_code == 200
    planned = plan.get_json()
    assert (planned["matched"], planned["by_queue"], planned["by_type"]) == (3, {"main/mail": 3}, {"send": 3})
    assert len(planned["sample"]) == 3
    seeder.failed("mail", 2)
    started = call("POST", "/operations", json={"plan_token": planned["plan_token"], "reason": "fixed"})
    assert started.status_code == 202
    assert started.get_json()["matched"] == 3
    again = call("POST", "/operations", json={"plan_token": planned["plan_token"]})
    assert again.get_json()["id"] == started.get_json()["id"]
    operation = call("GET", started.headers["Location"].partition("/api/v1")[2]).get_json()
    assert (operation["state"], operation["reason"], operation["matched"]) == ("waiting", "fixed", 3)
    assert operation["outcome"]["refailed_same"] == 0


def test_an_operation_is_paused_resumed_and_cancelled(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    operation = call("POST", "/operations", json={"action": "purge", "selector": {"queue": "mail"}}).get_json()["id"]
    assert call("POST", f"/operations/{operation}/pause").get_json()["state"] == "paused"
    assert call("POST", f"/operations/{operation}/resume").get_json()["state"] in ("waiting", "running")
    assert call("POST", f"/operations/{operation}/cancel").get_json()["state"] == "cancelled"
    problem(call("POST", f"/operations/{operation}/resume"), 409)
    problem(call("POST", f"/operations/{operation}/undo"), 409)
    problem(call("POST", "/operations/nothing/pause"), 404)


def test_a_change_asked_for_by_another_site_is_refused(client: FlaskClient, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1)
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    problem(client.delete(f"/api/v1/jobs/main/mail/{job_id}", headers=headers), 403)
    assert client.get(f"/api/v1/jobs/main/mail/{job_id}").get_json()["state"] == "failed"


def test_a_program_that_is_no_browser_needs_no_origin(client: FlaskClient, seeder: Seeder) -> None:
    seeder.failed("mail", 2)
    body = {"action": "requeue", "selector": {"queue": "mail"}, "dry_run": True}
    response = client.post("/api/v1/operations", json=body)
    assert (response.status_code, response.get_json()["matched"]) == (200, 2)


def test_every_job_of_every_source_has_to_be_asked_for(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 2)
    seeder.failed("bills", 1)
    plan = call("POST", "/operations", json={"action": "purge", "all": True, "dry_run": True})
    assert plan.get_json()["matched"] == 3
