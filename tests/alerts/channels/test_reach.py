"""Receivers entered on a page must be public, whatever their name leads to."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from dashboard.alerts.channels.contract import DeliveryError
from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.channels.reach import PUBLIC, PrivateTarget, Reach
from dashboard.settings import ChannelSettings
from tests.alerts.channels.events import NOW, message
from tests.alerts.receiver import Receiver


def send(url: str, reach: Reach) -> int | None:
    return open_channels([ChannelSettings(name="ops", url=url)], reach)["ops"].send(message(), NOW)


def test_this_machine_is_not_reached(receiver: Receiver) -> None:
    for host in ("127.0.0.1", "localhost", "0.0.0.0", "2130706433"):
        with pytest.raises(DeliveryError, match="private network") as caught:
            send(receiver.url.replace("127.0.0.1", host), PUBLIC)
        assert caught.value.permanent
    assert receiver.requests == []


@pytest.mark.parametrize("address", [
    "10.1.2.3", "192.168.0.9", "172.16.0.1", "169.254.169.254", "100.64.0.1", "::1", "fe80::1", "fd00::1",
    "::ffff:10.0.0.1",
])  # fmt: skip
def test_a_name_of_a_private_network_is_not_reached(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(DeliveryError, match="private network"):
        send("http://innocent.example/hook", PUBLIC)
    with pytest.raises(PrivateTarget):
        PUBLIC.address("innocent.example", 25)


def test_a_name_that_leads_elsewhere_a_moment_later_is_not_asked_twice(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """What was looked at is connected to: the second answer, of a private network, is never used."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebound(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if host == "rebound.example":
            asked.append(host)
            return real("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port, *rest, **more)
        return real(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    reach = Reach(public_only=True, allow_loopback=True)
    assert send(receiver.url.replace("127.0.0.1", "rebound.example"), reach) == 204
    assert asked == ["rebound.example"]
    assert receiver.requests[0].headers["host"].startswith("rebound.example:")


def test_a_proxy_of_the_environment_is_not_asked_instead(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    monkeypatch.setenv("http_proxy", receiver.url)
    with pytest.raises(DeliveryError, match="private network"):
        send("http://10.0.0.1/hook", PUBLIC)
    assert receiver.requests == []
