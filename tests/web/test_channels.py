"""Channels and messages on their pages: added, changed, tested, enabled again, removed; dead messages sent again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from dashboard import channel_words
from dashboard.alerts.outbox import Outbox
from dashboard.alerts.records import Alert, AlertState, Delivery, Told
from dashboard.services import Services, build_services
from dashboard.settings import ChannelSettings, Settings
from tests.alerts.receiver import Receiver
from tests.contract.seeders.queue_core import Seeder
from tests.web.conftest import form_to, forms, words
from tests.web.test_alerts import evaluate

PUBLIC = "https://hooks.example.com/services/T0/secret-part"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def settings(redis_url: str, receiver: Receiver) -> Settings:
    given = {"sources": [{"name": "main", "url": redis_url}], "channels": [receiver.settings("ops")]}
    return Settings.model_validate(given)


def deliver(bundle: Services) -> None:
    Outbox(bundle.store, bundle.channels.open, bundle.clock).deliver()


def test_a_channel_is_added_changed_and_removed_without_showing_its_address(
    client: FlaskClient, bundle: Services
) -> None:
    form = form_to(client.get("/alerts/channels/new?kind=slack"), "/alerts/channels")
    reply = client.post(form.action, data=dict(form.fields) | {"name": "chat", "kind": "slack", "url": PUBLIC})
    assert reply.status_code == 303, words(reply)
    page = client.get("/alerts")
    assert "chat" in words(page)
    assert "https://hooks.example.com/…" in words(page)
    assert "secret-part" not in page.text
    edit = client.get("/alerts/channels/chat/edit")
    assert "secret-part" not in edit.text
    changed = dict(form_to(edit, "/edit").fields) | {"kind": "slack", "repeat": "2h"}
    assert client.post("/alerts/channels/chat/edit", data=changed).status_code == 303
    assert bundle.channels.entered("chat").repeat == "2h"
    stale = client.post("/alerts/channels/chat/edit", data=changed)
    assert stale.status_code == 422
    assert "changed by somebody else" in words(stale)
    gone = form_to(client.get("/alerts/channels/chat/remove"), "/remove")
    assert client.post(gone.action, data=dict(gone.fields)).status_code == 303
    assert [each.name for each in bundle.channels.channels()] == ["ops"]


def test_a_change_made_while_the_form_was_read_is_not_overwritten(
    client: FlaskClient, bundle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, entered = bundle.channels, bundle.channels.entered
    values = {"name": "chat", "kind": "slack", "url": PUBLIC}
    book.add(values)

    def meanwhile(name: str) -> ChannelSettings:
        found = entered(name)
        book.update(name, values | {"repeat": "2h"}, book.channel(name).revision)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(book, "entered", meanwhile)
        form = form_to(client.get("/alerts/channels/chat/edit"), "/edit")
    reply = client.post(form.action, data=dict(form.fields) | {"kind": "slack", "repeat": "1h"})
    assert (reply.status_code, "changed by somebody else" in words(reply)) == (422, True)
    assert book.entered("chat").repeat == "2h"


def test_a_wrong_value_is_told_at_its_field_and_the_rest_is_kept(client: FlaskClient, bundle: Services) -> None:
    given = {"name": "chat", "kind": "slack", "url": "http://127.0.0.1/hook", "repeat": "soon"}
    reply = client.post("/alerts/channels", data=given)
    assert reply.status_code == 422
    assert "Not saved. Repeat after: write a number and its unit, such as 90s" in words(reply)
    assert 'aria-invalid="true" aria-describedby="channel-problem"' in reply.text
    named = client.post("/alerts/channels", data=given | {"repeat": "1h", "name": "on call"})
    assert "Name: use 1 to 48 letters" in words(named)
    assert 'value="chat"' in reply.text
    assert [each.name for each in bundle.channels.channels()] == ["ops"]


def test_a_channel_of_the_file_cannot_be_changed_here(client: FlaskClient) -> None:
    assert "in the file" in words(client.get("/alerts"))
    assert client.get("/alerts/channels/ops/edit").status_code == 404
    assert client.get("/alerts/channels/ops/remove").status_code == 404
    assert client.post("/alerts/channels/ops/remove", data={}).status_code == 404


def test_a_test_message_arrives_and_its_result_is_told(client: FlaskClient, receiver: Receiver) -> None:
    assert client.post("/alerts/channels/ops/test").status_code == 303
    assert receiver.requests[-1].verified()["type"] == "alert.test"
    page = words(client.get("/alerts"))
    assert "ops accepted the test message." in page
    assert "Working" in page
    receiver.answers.append((500, {}))
    reply = client.post("/api/v1/alerts/channels/ops/test").get_json()
    assert (reply["result"], reply["status"]) == ("failed", 500)
    assert "1 of 2 failed" in words(client.get("/alerts"))


def test_a_test_that_failed_is_made_anew_and_is_none_of_the_messages_that_were_given_up(
    client: FlaskClient, receiver: Receiver, bundle: Services
) -> None:
    receiver.answers.append((500, {}))
    client.post("/alerts/channels/ops/test")
    (failed,) = bundle.channels.log.page(result="failed").items
    for path in ("/alerts/deliveries", "/alerts/deliveries?result=failed", f"/alerts/deliveries/{failed.id}"):
        page = client.get(path)
        assert not [form for form in forms(page) if form.action.endswith("/retry")], path
        again = form_to(page, "/alerts/channels/ops/test")
    assert "No message matches" in words(client.get("/alerts/deliveries?result=gave+up"))
    assert "given up" not in words(client.get("/alerts/deliveries"))
    refused = client.post(f"/alerts/deliveries/{failed.id}/retry")
    assert refused.status_code == 400
    assert "test the channel ops" in words(refused)
    client.post(again.action)
    assert len(bundle.channels.log.page(result="sent").items) == 1


def test_what_was_given_up_is_as_many_as_the_list_that_the_number_leads_to(
    client: FlaskClient, seeder: Seeder, bundle: Services, receiver: Receiver
) -> None:
    receiver.answers += [(500, {}), (410, {})]
    client.post("/alerts/channels/ops/test")
    seeder.failed("mail", 101)
    evaluate(bundle)
    deliver(bundle)
    page = client.get("/alerts/deliveries")
    link = re.search(r'href="([^"]*)">1 message was given up', page.text)
    assert link
    listed = client.get(link[1])
    assert listed.text.count('<tr id="d-') == 1
    assert 'aria-current="true">Gave up' in listed.text
    (given_up,) = bundle.channels.log.page(result="gave up").items
    one = client.get(f"/alerts/deliveries/{given_up.id}")
    assert "The channel ops is disabled." in words(one)
    assert form_to(one, "/alerts/channels/ops/enable")
    assert "result 'lost' is not known" in words(client.get("/alerts/deliveries?result=lost"))


def test_a_message_of_a_channel_that_is_gone_offers_nothing_that_would_fail(
    client: FlaskClient, bundle: Services
) -> None:
    given = {"name": "chat", "kind": "slack", "url": "http://127.0.0.1/hook", "options": "", "send_resolved": "1"}
    client.post("/alerts/channels", data=given | {"url": "https://hooks.example.com/services/T/B/X"})
    store, sent = bundle.store, {"channel": "chat", "rule": "r", "type": "alert.firing", "result": "gave up"}
    store.client.hset(store.delivery("msg_1"), mapping=sent | {"created": "1", "key": "k"})
    store.client.zadd(store.deliveries, {"msg_1": 1})
    assert form_to(client.get("/alerts/deliveries/msg_1"), "/retry")
    form = form_to(client.get("/alerts/channels/chat/remove"), "/remove")
    client.post(form.action, data=dict(form.fields))
    page = client.get("/alerts/deliveries/msg_1")
    assert "The channel chat is gone." in words(page)
    assert not [form for form in forms(page) if form.action.endswith("/retry")]


def test_a_firing_alert_says_to_whom_it_was_sent(
    client: FlaskClient, seeder: Seeder, bundle: Services, receiver: Receiver
) -> None:
    seeder.failed("mail", 101)
    evaluate(bundle)
    assert "Being sent to ops since" in words(client.get("/alerts"))
    deliver(bundle)
    assert len(receiver.requests) == 1
    page = words(client.get("/alerts"))
    assert "Sent to ops at" in page
    assert ", accepted." in page
    (sent,) = bundle.channels.log.page().items
    assert (sent.where, sent.tried) == ("main", 1)
    assert "too-many-failed firing, main" in page
    message = client.get(f"/alerts/deliveries/{sent.id}")
    incident = re.search(r'href="(/alerts/incidents/[^"]+)">main: 101 failed jobs', message.text)
    assert incident
    assert "ops firing Sent" in words(client.get(incident[1]))


def test_who_was_told_is_said_by_what_became_of_each_message() -> None:
    def made(channel: str, result: str, at: float = 1_000.0, rule: str = "r") -> Delivery:
        return Delivery(f"{channel}-{at}", channel, rule, "alert.firing", result, 1, at)

    told_at = {name: Told(AlertState.FIRING, 1_000.0) for name in ("a", "b", "c", "c2", "d", "e")}
    alert = Alert("r", "page", "failed", AlertState.FIRING, "main", "", 1.0, 0.0, 0.0, "f", 1_000.0, 1_000.0,
                  told=told_at | {"f": Told(AlertState.RESOLVED, 1_000.0)})  # fmt: skip
    log = [made("a", "gave up", 5_000.0), made("a", "sent", 1_002.0), made("b", "sent"), made("c", "retrying"),
           made("c2", "waiting", 100.0), made("d", "gave up"), made("e", "sent", rule="other")]  # fmt: skip
    assert channel_words.told(alert, log) == (
        "Sent to a and b at 00:16, accepted. Being sent to c and c2 since 00:16, not accepted yet."
        " Could not be sent to d at 00:16. A message to e was made at 00:16."
    )


def test_a_receiver_that_is_gone_is_disabled_and_its_messages_can_be_sent_again(
    client: FlaskClient, seeder: Seeder, bundle: Services, receiver: Receiver
) -> None:
    receiver.answers.append((410, {}))
    seeder.failed("mail", 101)
    evaluate(bundle)
    deliver(bundle)
    assert "Disabled: 410" in words(client.get("/alerts"))
    assert client.post("/alerts/channels/ops/enable").status_code == 303
    listed = client.get("/alerts/deliveries?result=gave+up")
    assert "1 message was given up." in words(listed)
    again = form_to(listed, "/retry")
    assert client.post("/alerts/deliveries/retry").status_code == 303
    deliver(bundle)
    assert len(receiver.requests) == 2
    assert "given up" not in words(client.get("/alerts/deliveries"))
    assert again.action.endswith("/alerts/deliveries/retry")


def test_an_enabled_channel_is_told_of_what_fires_and_of_its_end(
    client: FlaskClient, seeder: Seeder, bundle: Services, receiver: Receiver
) -> None:
    receiver.answers.append((410, {}))
    seeder.failed("mail", 101)
    evaluate(bundle)
    deliver(bundle)
    evaluate(bundle)
    assert "told of what fires" in words(client.post("/alerts/channels/ops/enable", follow_redirects=True))
    for _ in range(2):
        evaluate(bundle)
        deliver(bundle)
    assert [each.json()["data"]["rule"] for each in receiver.requests] == ["too-many-failed"] * 2
    assert [each.status for each in receiver.requests] == [410, 204]


def test_one_message_shows_every_try(client: FlaskClient, seeder: Seeder, bundle: Services, receiver: Receiver) -> None:
    receiver.answers.append((503, {}))
    seeder.failed("mail", 101)
    evaluate(bundle)
    deliver(bundle)
    (message,) = bundle.alerts.log.page().items
    page = words(client.get(f"/alerts/deliveries/{message.id}"))
    assert "503" in page
    assert "Retrying" in page
    assert client.get("/alerts/deliveries/msg_none").status_code == 404
    assert build_services(bundle.settings).alerts.log.get(message.id).attempts == 1
