"""The API shows the engine's numbers, and says what it did not understand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import Call
from tests.contract.seeders.queue_core import Seeder

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    document: dict[str, Any] = response.get_json(force=True)
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


def test_stats_are_totals_over_all_queues(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    seeder.pending("bills", 2)
    stats = call("GET", "/stats").get_json()
    assert (stats["pending"], stats["processing"], stats["failed"], stats["total"]) == (2, 0, 3, 5)
    assert [queue["name"] for queue in stats["queues"]] == ["bills", "mail"]
    assert stats["missing"] == []


def test_a_queue_has_every_field_of_the_contract(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    seeder.pending("mail", 1)
    queue = call("GET", "/queues/main/mail").get_json()
    assert {
        "source", "name", "kind", "pending", "processing", "scheduled", "retrying", "failed", "paused",
        "oldest_pending_seconds", "workers", "enqueued_per_minute", "succeeded_per_minute", "failed_per_minute",
        "capabilities",
    } <= queue.keys()  # fmt: skip
    assert (queue["pending"], queue["failed"], queue["paused"], queue["workers"]) == (1, 3, False, 0)
    assert queue["failed_per_minute"] > 0
    assert "requeue" in queue["capabilities"]


def test_queues_are_paged(call: Call, seeder: Seeder) -> None:
    for name in ("a", "b", "c"):
        seeder.pending(name, 1)
    first = call("GET", "/queues?limit=2").get_json()
    second = call("GET", f"/queues?limit=2&cursor={first['next_cursor']}").get_json()
    assert [each["name"] for each in (*first["items"], *second["items"])] == ["a", "b", "c"]
    assert second["next_cursor"] is None


def test_jobs_are_paged_over_all_queues(call: Call, seeder: Seeder) -> None:
    made = {*seeder.failed("mail", 5), *seeder.failed("bills", 4)}
    found: list[str] = []
    cursor = ""
    while True:
        page = call("GET", f"/jobs?limit=2&cursor={cursor}").get_json()
        found += [job["id"] for job in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == 9
    assert set(found) == made


def test_one_job_has_every_field_of_the_contract(call: Call, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1, data={"to": "ann", "password": "hunter2"})
    response = call("GET", f"/jobs/main/mail/{job_id}")
    job = response.get_json()
    assert {
        "id", "source", "queue", "type", "state", "args", "data", "priority", "attempts", "max_retries", "created_at",
        "enqueued_at", "started_at", "finished_at", "scheduled_for", "worker", "progress", "error", "history",
        "trace_id", "actions",
    } <= job.keys()  # fmt: skip
    assert job["data"] == {"to": "ann", "password": "[redacted]"}
    assert {"type", "message", "traceback", "fingerprint"} <= job["error"].keys()
    assert RFC3339.match(job["created_at"])
    assert job["scheduled_for"] is None
    assert b"hunter2" not in response.data


def test_groups_are_dead_letters_by_error(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 3)
    answer = call("GET", "/dead/groups?error=address&order=count").get_json()
    (group,) = answer["items"]
    assert (group["count"], group["error_type"], group["queue"]) == (3, "ValueError", "mail")
    assert len(group["trend"]) == 24
    assert call("GET", "/dead/groups?error=nothing").get_json()["items"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/jobs?limit=0", "/jobs?limit=201", "/jobs?limit=x", "/jobs?limit=-1", "/jobs?limit=99999999999999999999",
        "/jobs?cursor=zzz", "/jobs?state=lost", "/jobs?since=yesterday", "/jobs?stat=failed", "/queues?limit=1&limit=2",
        "/dead/groups?order=name", "/dead/groups?cursor=%00", "/workers?x=1", "/operations?cursor=%F0%9F%92%A9",
        "/queues?cursor=WzFd",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_an_error(call: Call, seeder: Seeder, path: str) -> None:
    seeder.failed("mail", 2)
    problem(call("GET", path), 400)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing", "/queues/nothing/mail", "/queues/main/nothing", "/jobs/main/mail/nothing", "/jobs/main/nothing/x",
        "/operations/nothing", "/jobs?source=nothing", "/jobs?queue=nothing", "/dead/groups?queue=nothing",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(call: Call, seeder: Seeder, path: str) -> None:
    seeder.failed("mail", 1)
    problem(call("GET", path), 404)


def test_a_method_that_is_not_offered_names_those_that_are(call: Call) -> None:
    response = call("DELETE", "/stats")
    problem(response, 405)
    assert "GET" in response.headers["Allow"]


def test_workers_rules_and_deliveries_are_lists(call: Call, seeder: Seeder) -> None:
    seeder.pending("mail", 1)
    for path in ("/workers", "/alerts", "/alerts/rules", "/alerts/deliveries", "/operations"):
        answer = call("GET", path).get_json()
        assert isinstance(answer["items"], list)
        assert answer["next_cursor"] is None
    rules = call("GET", "/alerts/rules").get_json()["items"]
    assert {(rule["enabled"], rule["origin"]) for rule in rules} == {(True, "built in")}
    assert {"too-many-failed", "source-down"} <= {rule["name"] for rule in rules if rule["built_in"]}
