"""Messages and channels over the API: listed, sent again, tried out; each change is written to the audit log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from dashboard.alerts.outbox import Outbox
from dashboard.app import create_app
from dashboard.collector.lease import Lease
from dashboard.services import Services, build_services
from dashboard.settings import Settings
from tests.alerts.outbox_model import Box, notice
from tests.alerts.receiver import SECRET, Receiver
from tests.api.conftest import SAME_ORIGIN, Call
from tests.api.test_reading import problem
from tests.background import Clock


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def settings(redis_url: str, receiver: Receiver) -> Settings:
    return Settings(sources=[{"name": "main", "url": redis_url}], channels=[receiver.settings("ops")])  # type: ignore[arg-type, list-item]


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def services(settings: Settings) -> Services:
    return build_services(settings)


@pytest.fixture
def box(services: Services) -> Box:
    lease = Lease(services.store)
    lease.renew()
    fence = lease.fence()
    assert fence
    return Box(services.store, fence, Clock(services.clock()), {})


def given_up(services: Services, box: Box, receiver: Receiver, count: int = 1) -> list[str]:
    """Messages that the receiver refuses for good; their ids."""
    for number in range(count):
        receiver.answers = [(410, {})]
        box.put(notice("ops", key=str(number), number=number))
        Outbox(services.store, services.channels.open, box.clock).deliver()
        services.store.client.hdel(services.store.channel_state("ops"), "disabled")
    return [each.id for each in services.channels.log.page(result="gave up").items]


def test_messages_are_listed_and_narrowed(call: Call, services: Services, box: Box, receiver: Receiver) -> None:
    (dead,) = given_up(services, box, receiver)
    box.put(notice("ops", key="fine"))
    Outbox(services.store, services.channels.open, box.clock).deliver()
    assert [each["result"] for each in call("GET", "/alerts/deliveries").get_json()["items"]] == ["sent", "gave up"]
    (item,) = call("GET", "/alerts/deliveries?result=gave+up&channel=ops").get_json()["items"]
    assert (item["id"], item["status"], item["alerts"]) == (dead, 410, 1)
    assert call("GET", "/alerts/deliveries?channel=nobody").get_json()["items"] == []
    first = call("GET", "/alerts/deliveries?limit=1").get_json()
    second = call("GET", f"/alerts/deliveries?limit=1&cursor={first['next_cursor']}").get_json()
    assert [each["id"] for each in second["items"]] == [dead]
    problem(call("GET", "/alerts/deliveries?result=lost"), 400)
    problem(call("GET", "/alerts/deliveries/msg_none"), 404)


def test_a_given_up_message_is_sent_again(call: Call, services: Services, box: Box, receiver: Receiver) -> None:
    first, *_ = given_up(services, box, receiver, 3)
    reply = call("POST", f"/alerts/deliveries/{first}/retry")
    assert (reply.status_code, reply.get_json()["result"], len(reply.get_json()["tries"])) == (202, "waiting", 1)
    problem(call("POST", f"/alerts/deliveries/{first}/retry"), 400)
    problem(call("POST", "/alerts/deliveries/msg_none/retry"), 404)
    assert call("POST", "/alerts/deliveries/retry").get_json() == {"retried": 2}
    box.clock.forward(10)
    Outbox(services.store, services.channels.open, box.clock).deliver()
    assert services.channels.log.dead() == 0
    assert len(receiver.requests) == 6
    entries = call("GET", "/audit").get_json()["items"]
    assert [(each["action"], each["actor"]) for each in entries] == [
        ("retry messages", "api"),
        ("retry message", "api"),
    ]


def test_a_channel_is_tried_out(call: Call, receiver: Receiver) -> None:
    answer = call("POST", "/alerts/channels/ops/test").get_json()
    assert (answer["type"], answer["result"], answer["status"]) == ("alert.test", "sent", 204)
    assert receiver.requests[0].id == answer["id"]
    (ops,) = call("GET", "/alerts/channels").get_json()["items"]
    assert (ops["name"], ops["last_result"], ops["recent"], ops["disabled"]) == ("ops", "sent", [True], None)
    assert SECRET not in call("GET", "/alerts/channels").get_data(as_text=True)
    problem(call("POST", "/alerts/channels/nobody/test"), 404)
    assert call("GET", "/audit").get_json()["items"][0]["action"] == "test channel"


def test_a_disabled_channel_is_enabled_again(call: Call, services: Services) -> None:
    services.store.client.hset(services.store.channel_state("ops"), "disabled", "gone")
    assert call("GET", "/alerts/channels").get_json()["items"][0]["disabled"] == "gone"
    assert call("POST", "/alerts/channels/ops/enable").get_json()["disabled"] is None


@pytest.mark.parametrize("path", [
    "/alerts/channels/ops/test", "/alerts/channels/ops/enable", "/alerts/deliveries/retry",
    "/alerts/deliveries/x/retry",
])  # fmt: skip
def test_a_read_only_dashboard_sends_nothing(settings: Settings, receiver: Receiver, path: str) -> None:
    client = create_app(settings.model_copy(update={"read_only": True})).test_client()
    reply = client.post(f"/api/v1{path}", headers=SAME_ORIGIN)
    problem(reply, 403)
    assert receiver.requests == []
