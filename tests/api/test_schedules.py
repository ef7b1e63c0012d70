"""Schedules over the API: the same as on their pages."""

from __future__ import annotations

from tests.api.conftest import Call
from tests.api.test_reading import problem
from tests.contract.seeders.queue_core import Seeder

ONE = "/schedules/main/mail:nightly"


def test_schedules_are_listed_with_their_runs(call: Call, seeder: Seeder) -> None:
    seeder.schedule("mail", cron="0 2 * * *", zone="Europe/Berlin")
    seeder.schedule("mail", "often", every=60, ago=120)
    seeder.fire()
    found = {each["name"]: each for each in call("GET", "/schedules").get_json()["items"]}
    often, nightly = found["often"], found["nightly"]
    assert (nightly["cron"], nightly["timezone"], nightly["runs"], nightly["paused"]) == (
        "0 2 * * *", "Europe/Berlin", [], False,
    )  # fmt: skip
    assert (often["every_seconds"], often["count"], often["runs"][0]["state"]) == (60.0, 1, "pending")
    assert often["lateness_seconds"] is not None


def test_a_list_goes_on_with_its_cursor(call: Call, seeder: Seeder) -> None:
    made = {seeder.schedule("mail", f"s-{number}") for number in range(5)}
    first = call("GET", "/schedules?limit=3").get_json()
    second = call("GET", f"/schedules?limit=3&cursor={first['next_cursor']}").get_json()
    assert {each["id"] for each in first["items"] + second["items"]} == made
    assert second["next_cursor"] is None
    problem(call("GET", "/schedules?quue=mail"), 400)
    problem(call("GET", "/schedules?queue=nothing"), 404)


def test_one_is_whole(call: Call, seeder: Seeder) -> None:
    seeder.schedule("mail", data={"to": "ann", "password": "hunter2"}, priority=2)
    found = call("GET", ONE).get_json()
    assert found["data"] == {"to": "ann", "password": "[redacted]"}
    assert (len(found["upcoming"]), found["priority"], found["overlap"]) == (5, 2, "allow")
    problem(call("GET", "/schedules/main/mail:nothing"), 404)


def test_one_is_run_paused_resumed_and_deleted(call: Call, seeder: Seeder) -> None:
    seeder.schedule("mail", overlap="skip")
    ran = call("POST", f"{ONE}/run").get_json()
    assert call("GET", f"/jobs/main/mail/{ran['job']}").get_json()["schedule"] == "mail:nightly"
    problem(call("POST", f"{ONE}/run"), 409)
    assert call("POST", f"{ONE}/pause").get_json()["paused"] is True
    problem(call("POST", f"{ONE}/pause"), 409)
    assert call("GET", ONE).get_json()["next_at"] is None
    assert call("DELETE", f"{ONE}/pause").get_json()["paused"] is False
    problem(call("DELETE", ONE), 409)
    seeder.forsake("mail")
    assert call("DELETE", ONE).get_json()["deleted"] is True
    problem(call("GET", ONE), 404)
