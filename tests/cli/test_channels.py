"""`redrive alerts test` and what `redrive doctor` says of channels."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import cli
from dashboard.alerts.channels.reach import PUBLIC
from dashboard.cli.channels import examined
from dashboard.services import build_services
from dashboard.settings import Settings
from tests.alerts.receiver import SECRET, Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def file(tmp_path: Path, redis_url: str, receiver: Receiver) -> str:
    path = tmp_path / "redrive.toml"
    path.write_text(
        f'[[sources]]\nname = "main"\nurl = "{redis_url}"\n'
        f'[[channels]]\nname = "ops"\nurl = "{receiver.url}"\nsecret = "{SECRET}"\n'
    )
    return str(path)


def test_a_disabled_channel_is_enabled_again(file: str, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["alerts", "enable", "ops", "--config", file]) == 0
    assert "was not disabled" in capsys.readouterr().out
    services = build_services(Settings.model_validate({"sources": [{"name": "main", "url": redis_url}]}))
    services.store.client.hset(services.store.channel_state("ops"), "disabled", "gone")
    assert cli.run(["alerts", "enable", "ops", "--config", file]) == 0
    assert "told of what fires" in capsys.readouterr().out
    assert not services.store.client.hexists(services.store.channel_state("ops"), "disabled")
    assert cli.run(["alerts", "enable", "nobody", "--config", file]) == 1


def test_a_channel_is_tried_out(file: str, receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["alerts", "test", "ops", "--config", file]) == 0
    assert "Sent to ops" in capsys.readouterr().out
    assert receiver.requests[0].json()["type"] == "alert.test"
    receiver.answers = [(500, {}, b"broken"), (500, {})]
    assert cli.run(["alerts", "test", "ops", "--config", file]) == 1
    assert "did not take it: answered 500: broken" in capsys.readouterr().err
    assert cli.run(["alerts", "test", "ops", "--json", "--config", file]) == 1
    assert json.loads(capsys.readouterr().out)["result"] == "failed"
    assert cli.run(["alerts", "test", "nobody", "--config", file]) == 1
    assert "no channel is called nobody" in capsys.readouterr().err


def test_doctor_reaches_channels_and_sends_nothing(
    file: str, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["doctor", "--json", "--config", file])
    (found,) = [each for each in json.loads(capsys.readouterr().out)["items"] if each["what"] == "channel"]
    assert (found["source"], found["fine"]) == ("ops", True)
    assert receiver.requests == []


def test_doctor_says_what_is_wrong_with_a_channel(redis_url: str, receiver: Receiver) -> None:
    channels = [
        receiver.settings("gone"), {"name": "closed", "url": "http://127.0.0.1:1/"},
        {"name": "nowhere", "url": "http://nowhere.invalid/"}, {"name": "pager", "kind": "pagerduty", "secret": "k"},
    ]  # fmt: skip
    settings = Settings(sources=[{"name": "main", "url": redis_url}], channels=channels)  # type: ignore[arg-type, list-item]
    services = build_services(settings)
    services.store.client.hset(services.store.channel_state("gone"), "disabled", "answered 410")
    services.channels.add({"name": "inside", "url": receiver.url})
    found = {name: (fine, text, bool(mend)) for name, fine, text, mend in examined(settings)}
    assert found["gone"] == (False, "disabled: answered 410", True)
    assert found["closed"][0] is found["nowhere"][0] is found["inside"][0] is False
    assert "private network" in found["inside"][1]
    assert found["pager"][0] is True
    assert receiver.requests == []


def test_doctor_names_a_channel_that_cannot_be(redis_url: str) -> None:
    settings = Settings(sources=[{"name": "main", "url": redis_url}], channels=[{"name": "x", "kind": "fax"}])  # type: ignore[arg-type, list-item]
    ((_, fine, found, mend),) = examined(settings)
    assert (fine, bool(mend)) == (False, True)
    assert "unknown kind 'fax'" in found


def test_a_name_without_an_address_is_no_private_target() -> None:
    with pytest.raises(socket.gaierror):
        PUBLIC.address("nowhere.invalid", 25)
