"""A real Alertmanager takes alerts, keeps them while they are said again, and sees their end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.alerts.channels.alertmanager import REPEAT_SECONDS
from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.channels.discovery import habits
from dashboard.alerts.outbox import Outbox
from dashboard.collector.lease import Lease
from dashboard.settings import SettingsError
from dashboard.store import Fence
from tests.alerts.channels.events import URL, channel, event, message
from tests.alerts.evaluating import evaluate
from tests.alerts.receiver import Receiver
from tests.background import World
from tests.deploy import alertmanager


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of an Alertmanager that forgets an alert after a second when it is not told how long it lasts."""
    folder: Path = tmp_path_factory.mktemp("alertmanager")
    with alertmanager.running(folder, resolve_timeout="1s") as running:
        yield running


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def leading(world: World) -> Fence:
    lease = Lease(world.store)
    lease.renew()
    held = lease.fence()
    assert held is not None
    return held


def send(address: str, *events: Any, **settings: Any) -> None:
    channel(kind="alertmanager", url=address, **settings).send(message(*events), time.time())


def test_an_alert_is_shown_by_amtool_and_resolved(address: str) -> None:
    began = moment(time.time() - 60)
    send(address, event(rule="one", starts_at=began))
    (shown,) = alertmanager.alerts(address, "alertname=one")
    assert shown["labels"] == {
        "alertname": "one", "severity": "page", "source": "main", "queue": "mail", "redrive_alert": "aaaa1111bbbb2222",
    }  # fmt: skip
    assert shown["annotations"] == {
        "summary": "main/mail: 101 failed jobs, limit 100", "state": "firing", "value": "101", "threshold": "100",
    }  # fmt: skip
    assert (shown["startsAt"], shown["generatorURL"]) == (began, URL)
    send(address, event("resolved", rule="one", starts_at=began, ends_at=moment(time.time() - 1)))
    assert alertmanager.alerts(address, "alertname=one") == []


def test_saying_it_again_keeps_it_alive_past_its_resolve_timeout(address: str) -> None:
    fired = event(rule="two", starts_at=moment(time.time() - 60), queue="")
    send(address, fired)
    (first,) = alertmanager.alerts(address, "alertname=two")
    ahead = datetime.fromisoformat(first["endsAt"]).timestamp() - time.time()
    assert ahead > 2 * REPEAT_SECONDS
    send(address, fired)
    (again,) = alertmanager.alerts(address, "alertname=two")
    assert again["endsAt"] > first["endsAt"]
    assert again["fingerprint"] == first["fingerprint"]
    assert "queue" not in again["labels"]


def test_several_alerts_go_in_one_message_and_stay_apart(address: str) -> None:
    began = moment(time.time() - 60)
    send(address, *(event(rule="three", fingerprint=name, starts_at=began) for name in ("a", "b")))
    assert {each["labels"]["redrive_alert"] for each in alertmanager.alerts(address, "alertname=three")} == {"a", "b"}


def test_an_alert_that_it_refuses_is_not_tried_again(address: str) -> None:
    with pytest.raises(DeliveryError, match="answered 400") as caught:
        send(address, event(starts_at="not a time"))
    assert caught.value.permanent


@pytest.mark.parametrize(("settings", "header"), [
    ({}, None), ({"secret": "token-of-mine"}, "Bearer token-of-mine"),
    ({"secret": "pass", "options": {"username": "user"}}, "Basic dXNlcjpwYXNz"),
])  # fmt: skip
def test_it_says_who_it_is(receiver: Receiver, settings: dict[str, Any], header: str | None) -> None:
    send(receiver.url, **settings)
    assert receiver.requests[0].headers.get("authorization") == header
    assert receiver.requests[0].path == "/hook/api/v2/alerts"


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(SettingsError, match="unknown option user"):
        channel(kind="alertmanager", url="http://localhost", options={"user": "x"})


def test_a_rule_that_fires_is_kept_alive_there_until_it_is_over(redis_url: str, address: str) -> None:
    """All of it: jobs that fail, the rule, the outbox, Alertmanager as amtool sees it; and then they are gone."""
    rule = {"name": "four", "metric": "failed", "above": 2, "severity": "ticket"}
    channels = [{"name": "am", "kind": "alertmanager", "url": address, "group_wait": "0s"}]
    world = World(redis_url, {"channels": channels, "alerts": {"rules": [rule]}})
    world.clock.now = time.time() - 120  # what ends there has ended for Alertmanager, too
    fence = leading(world)
    outbox = Outbox(world.store, world.services.channels.open, world.clock)

    def turn() -> list[dict[str, Any]]:
        evaluate(world, fence, habits=habits())
        outbox.deliver()
        return alertmanager.alerts(address, "alertname=four")

    world.jobs.dead(3)
    (first,) = turn()
    assert (first["labels"]["severity"], first["labels"]["source"]) == ("ticket", "main")
    assert first["annotations"]["value"] == "3"
    world.clock.forward(30)
    (unchanged,) = turn()
    assert unchanged["endsAt"] == first["endsAt"]
    world.clock.forward(31)
    (again,) = turn()
    assert again["endsAt"] > first["endsAt"]
    assert (again["startsAt"], again["fingerprint"]) == (first["startsAt"], first["fingerprint"])
    world.start()
    world.drive()
    world.clock.forward(5)
    assert turn() == []
    assert [each.result for each in world.book.deliveries()] == ["sent"] * 3  # fired, the last repeat, over
