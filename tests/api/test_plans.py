"""Plans and operations over the API: warnings with kinds, later arrivals, reasons, slowing down, undo."""

from __future__ import annotations

from flask.testing import FlaskClient

from dashboard.operations.driver import Driver
from dashboard.services import Services
from tests.api.conftest import Call
from tests.api.test_reading import problem
from tests.contract.seeders.queue_core import Seeder

MAIL = {"source": "main", "queue": "mail"}


def drive(client: FlaskClient) -> None:
    bundle: Services = client.application.extensions["redrive"]
    driver = Driver(bundle.store, bundle.sources, bundle.settings, bundle.clock)
    for _ in range(100):
        if not driver.drive():
            break


def test_a_plan_has_its_warnings_as_sentences_and_with_kinds(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 2)
    plan = call("POST", "/operations", json={"action": "requeue", "selector": MAIL, "dry_run": True}).get_json()
    assert plan["warnings"] == [each["text"] for each in plan["cautions"]]
    first = plan["cautions"][0]
    assert (first["kind"], first["weight"]) == ("still_happening", "fail")
    assert first["advice"]
    assert (plan["selected"], plan["reason_required"]) == ("source:main queue:mail", False)


def test_more_than_a_thousand_jobs_need_a_reason(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 1_001)
    plan = call("POST", "/operations", json={"action": "requeue", "selector": MAIL, "dry_run": True}).get_json()
    assert plan["reason_required"] is True
    refused = call("POST", "/operations", json={"plan_token": plan["plan_token"]})
    assert "reason: say why" in problem(refused, 400)["detail"]
    started = call("POST", "/operations", json={"plan_token": plan["plan_token"], "reason": "mail is back"})
    assert started.status_code == 202


def test_a_requeue_slows_down_unless_told_not_to_and_a_purge_never(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 4)
    wanted = {}
    for name, more in (("default", {}), ("off", {"slow_down": False}), ("on", {"slow_down": True})):
        body = {"action": "requeue", "selector": {**MAIL, "ids": ["mail-1"]}, **more}
        operation = call("POST", "/operations", json=body).get_json()["id"]
        wanted[name] = call("GET", f"/operations/{operation}").get_json()["slow_down"]
    assert wanted == {"default": True, "off": False, "on": True}
    purge = {"action": "purge", "selector": {**MAIL, "ids": ["mail-2"]}}
    operation = call("POST", "/operations", json=purge).get_json()["id"]
    assert call("GET", f"/operations/{operation}").get_json()["slow_down"] is False
    refused = call("POST", "/operations", json={**purge, "slow_down": True})
    assert "slow_down" in problem(refused, 400)["detail"]


def test_a_plan_by_its_token_slows_down_as_its_action_does(call: Call, seeder: Seeder) -> None:
    seeder.failed("mail", 2)
    for action, slow in (("requeue", True), ("purge", False)):
        body = {"action": action, "selector": {**MAIL, "ids": [f"mail-{1 + (not slow)}"]}, "dry_run": True}
        token = call("POST", "/operations", json=body).get_json()["plan_token"]
        operation = call("POST", "/operations", json={"plan_token": token}).get_json()["id"]
        assert call("GET", f"/operations/{operation}").get_json()["slow_down"] is slow


def test_an_operation_tells_later_arrivals_and_what_its_undo_reversed(
    call: Call, client: FlaskClient, seeder: Seeder
) -> None:
    seeder.failed("mail", 5)
    operation = call("POST", "/operations", json={"action": "requeue", "selector": MAIL}).get_json()["id"]
    drive(client)
    assert len(seeder.engine("mail").settle("tester", claim=2).claims) == 2
    told = call("GET", f"/operations/{operation}").get_json()
    assert (told["arrived_since"], told["outcome"]["new_errors"], told["slowed"], told["seconds_left"]) == (
        0, [], None, None,
    )  # fmt: skip
    undo = call("POST", f"/operations/{operation}/undo").get_json()
    assert (undo["reversed"], undo["too_late"]) == (3, 2)
    under_way = call("GET", f"/operations/{undo['operation']}").get_json()
    assert (under_way["reversed"], under_way["too_late"]) == (None, None)
    drive(client)
    ended = call("GET", f"/operations/{undo['operation']}").get_json()
    assert (ended["reversed"], ended["too_late"], ended["selected"]) == (3, 2, "source:main queue:mail")
