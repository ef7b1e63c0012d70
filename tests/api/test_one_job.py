"""One job in the API: to another queue, back again, and edits that never go over others."""

from __future__ import annotations

from tests.api.conftest import Call
from tests.api.test_reading import problem
from tests.contract.seeders.queue_core import Seeder


def test_a_requeue_is_taken_back_until_the_job_starts(call: Call, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1)
    here = f"/jobs/main/mail/{job_id}"
    assert call("POST", f"{here}/requeue", json={}).get_json()["state"] == "pending"
    assert call("POST", f"{here}/undo").get_json()["state"] == "failed"
    call("POST", f"{here}/requeue")
    assert seeder.engine("mail").settle("tester", claim=1).claims
    problem(call("POST", f"{here}/undo"), 409)


def test_a_requeue_names_another_queue(call: Call, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1)
    seeder.pending("slow", 1)
    here = f"/jobs/main/mail/{job_id}"
    problem(call("POST", f"{here}/requeue", json={"queue": "nowhere"}), 404)
    problem(call("POST", f"{here}/requeue", json={"queue": 1}), 422)
    problem(call("POST", f"{here}/requeue", json={"target": "slow"}), 422)
    assert call("GET", here).get_json()["state"] == "failed"
    moved = call("POST", f"{here}/requeue", json={"queue": "slow"}).get_json()
    assert (moved["queue"], moved["state"]) == ("slow", "pending")
    changes = call("GET", f"/jobs/main/slow/{job_id}").get_json()["changes"]
    assert [(change["kind"], change["note"]) for change in changes] == [("move", "mail")]


def test_an_edit_with_the_revision_that_was_read_never_goes_over_another(call: Call, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", 1, data={"to": "ann"})
    here = f"/jobs/main/mail/{job_id}"
    read = call("GET", here).get_json()["revision"]
    call("POST", f"{here}/edit", json={"data": {"to": "theirs"}})
    seeder.failed("mail")  # claims and fails it again, with another one
    problem(call("POST", f"{here}/edit", json={"data": {"to": "mine"}, "revision": read}), 409)
    job = call("GET", here).get_json()
    assert job["data"] == {"to": "theirs"}
    assert [edit["data"] for edit in job["edits"]] == [{"to": "ann"}]
    assert call("POST", f"{here}/edit", json={"data": {"to": "mine"}, "revision": job["revision"]}).status_code == 200
