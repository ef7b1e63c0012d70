"""Other arguments for a failed job: checked and compared before the button, and never over another change."""

from __future__ import annotations

import json
from html import unescape

from flask.testing import FlaskClient

from dashboard.adapters.contract import Action, State
from dashboard.services import Services
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import PARTIAL, form_to, words

CHECK = {**PARTIAL, "HX-Target": "section#check", "HX-Source": "textarea#data"}


def seen(client: FlaskClient, job_id: str) -> dict[str, str]:
    """What the editor of a job sends along."""
    return dict(form_to(client.get(f"/jobs/main/mail/{job_id}/edit"), "/edit").fields)


def test_edited_arguments_are_requeued(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann"})
    form = form_to(client.get(f"/jobs/main/mail/{job_id}/edit"), "/edit")
    answer = client.post(form.action, data={**dict(form.fields), "data": '{"to": "ben"}'})
    assert answer.status_code == 303
    assert "Requeued send with 1 change to its arguments." in words(client.get(answer.location))
    job = bundle.sources.get("main").job("mail", job_id)
    assert (job.state, job.payload.data) == (State.PENDING, {"to": "ben"})
    assert [attempt.error_type for attempt in job.history] == ["ValueError"]


def test_bad_json_is_shown_again_with_its_place_and_changes_nothing(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann"})
    answer = client.post(f"/jobs/main/mail/{job_id}/edit", data={"data": '{"to": "ben"'})
    assert answer.status_code == 422
    assert "Line 1, column 13" in words(answer)
    assert "&#34;ben&#34;" in answer.text
    assert bundle.sources.get("main").job("mail", job_id).state == State.FAILED


def test_while_typing_the_place_of_a_mistake_is_said_and_marked(client: FlaskClient, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann"})
    address = f"/jobs/main/mail/{job_id}/edit/check"
    part = client.post(address, data={"data": "{\n  'to': 1\n}"}, headers=CHECK)
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<section id="check"')
    assert 'data-line="2" data-column="3"' in part.text
    assert "Line 2, column 3: use double quotes for text and names." in words(part)
    for text, said in (
        ('{"a": True}', "write true for True"),
        ('{"a": 1,}', "a comma stands before the closing bracket"),
        ('{"a": 1, "a": 2}', "“a” stands twice in one object".replace("“", '"').replace("”", '"')),
        ("NaN", "NaN is no JSON"),
        ('{"a": ' * 61 + "1" + "}" * 61, "at most 60 levels"),
        ("", "there is nothing"),
    ):
        assert said in words(client.post(address, data={"data": text}, headers=CHECK)), text


def test_what_differs_is_shown_by_path_and_line_by_line_before_the_button_is_pressed(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann", "cc": ["bob"], "n": 1, "old": None})
    new = {"to": "ben", "cc": ["bob", "eve"], "n": 1.0, "first name": True}
    text = json.dumps(new)
    part = client.post(f"/jobs/main/mail/{job_id}/edit/check", data={"data": text}, headers=CHECK)
    said = words(part)
    for change in (
        'to changed before: "ann" after: "ben"', 'cc[1] added after: "eve"', "n changed before: 1 after: 1.0",
        "old removed before: null", '["first name"] added after: true',
    ):  # fmt: skip
        assert change in said
    assert '− "to": "ann",' in said
    assert '+ "to": "ben",' in said
    page = client.post(f"/jobs/main/mail/{job_id}/edit/check", data={"data": text, **seen(client, job_id)})
    assert page.status_code == 200
    assert 'to changed before: "ann" after: "ben"' in words(page), "the same without JavaScript, by the Check button"
    assert form_to(page, "/edit").method == "post"
    assert bundle.sources.get("main").job("mail", job_id).state == State.FAILED


def test_hidden_values_stay_hidden_and_are_put_back(client: FlaskClient, seeder: Seeder) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann", "password": "hunter2", "api_key": "k"})
    page = client.get(f"/jobs/main/mail/{job_id}/edit")
    assert "hunter2" not in page.text
    text = '{"to": "ben", "password": "[redacted]", "api_key": "new"}'
    part = client.post(f"/jobs/main/mail/{job_id}/edit/check", data={"data": text}, headers=CHECK)
    assert "1 hidden value stays as it is." in words(part)
    assert "hunter2" not in part.text
    assert client.post(f"/jobs/main/mail/{job_id}/edit", data={"data": text}).status_code == 303
    assert json.loads(seeder.payload("mail", job_id)[1:]) == {"to": "ben", "password": "hunter2", "api_key": "new"}


def test_a_hidden_value_never_goes_to_another_place(client: FlaskClient, seeder: Seeder, bundle: Services) -> None:
    users = [{"id": 1, "password": "one"}, {"id": 2, "password": "two"}]
    (job_id,) = seeder.failed("mail", data={"users": users, "password": "top"})
    before = seeder.payload("mail", job_id)
    first, second = ({"id": user["id"], "password": "[redacted]"} for user in users)
    for data, said in (
        ({"users": [second, first]}, "in another order"),
        ({"users": [second]}, "more or fewer items"),
        ({"mail": "[redacted]"}, "nothing was hidden there"),
        ({"users": ["[redacted]", users[1]]}, "nothing was hidden there"),
        ({"secret": "[redacted]"}, "there is no original value there"),
    ):
        answer = client.post(f"/jobs/main/mail/{job_id}/edit", data={"data": json.dumps(data)})
        assert answer.status_code == 422, data
        assert said in words(answer), data
    assert seeder.payload("mail", job_id) == before
    kept = {"users": [{"id": 9, "password": "[redacted]"}, second], "password": "[redacted]"}
    assert client.post(f"/jobs/main/mail/{job_id}/edit", data={"data": json.dumps(kept)}).status_code == 303
    stored = json.loads(seeder.payload("mail", job_id)[1:])
    assert stored == {"users": [{"id": 9, "password": "one"}, users[1]], "password": "top"}


def test_a_job_that_was_requeued_or_purged_meanwhile_is_not_edited(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    main = bundle.sources.get("main")
    for action, said in (
        (Action.PURGE, "It was purged meanwhile."),
        (Action.REQUEUE, "requeued meanwhile and is pending"),
    ):
        (job_id,) = seeder.failed("mail", data={"to": "ann"})
        fields = {**seen(client, job_id), "data": '{"to": "typed"}'}
        main.act(action, "mail", job_id)
        part = client.post(f"/jobs/main/mail/{job_id}/edit/check", data=fields, headers=CHECK)
        assert said in words(part)
        answer = client.post(f"/jobs/main/mail/{job_id}/edit", data=fields)
        assert answer.status_code == 409
        assert "Not requeued. The job is unchanged." in words(answer)
        assert said in words(answer)
        assert "typed" in unescape(answer.text), "what was typed is kept"
        assert main.job("mail", job_id).payload.data == {"to": "ann"}


def test_an_edit_never_goes_over_the_edit_of_someone_else(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.failed("mail", data={"to": "ann"})
    mine = {**seen(client, job_id), "data": '{"to": "mine"}'}
    bundle.sources.get("main").edit("mail", job_id, {"to": "theirs"})
    seeder.failed("mail")  # claims and fails it again, with another one
    answer = client.post(f"/jobs/main/mail/{job_id}/edit", data=mine)
    assert answer.status_code == 409
    assert "someone else edited it" in words(answer)
    assert 'before: "theirs" after: "mine"' in words(answer)
    assert bundle.sources.get("main").job("mail", job_id).payload.data == {"to": "theirs"}
    again = {**dict(form_to(answer, "/edit").fields), "data": '{"to": "mine"}'}
    assert client.post(f"/jobs/main/mail/{job_id}/edit", data=again).status_code == 303, "once it was shown, it may be"


def test_arguments_that_cannot_be_shown_are_replaced_whole(
    client: FlaskClient, seeder: Seeder, bundle: Services
) -> None:
    (job_id,) = seeder.failed("mail")
    seeder.store("mail", job_id, b"j{broken")
    page = client.get(f"/jobs/main/mail/{job_id}/edit")
    assert "The present arguments cannot be shown." in words(page)
    assert client.post(f"/jobs/main/mail/{job_id}/edit", data={"data": '{"to": "ben"}'}).status_code == 303
    assert bundle.sources.get("main").job("mail", job_id).payload.data == {"to": "ben"}
