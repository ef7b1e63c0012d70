"""`redrive alerts test|enable`, and what `redrive doctor` finds out about channels."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import click

from dashboard.adapters.contract import AdapterError
from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.channels.reach import PUBLIC, PrivateTarget
from dashboard.alerts.page_channels import shown_address
from dashboard.alerts.records import Origin
from dashboard.api.deliveries import delivery_json
from dashboard.cli import DONE, FAILED
from dashboard.cli.client import with_services
from dashboard.cli.output import json_option, print_json
from dashboard.services import Services, build_services
from dashboard.settings import ChannelSettings, Settings, SettingsError

_PORTS = {"http": 80, "https": 443, "smtp": 587, "smtps": 465}


@click.command("test")
@with_services
@click.argument("channel")
@json_option
def test(services: Services, *, channel: str, as_json: bool) -> int:
    """Send a test message to CHANNEL now, and say how that went."""
    sent = services.channels.test(channel)
    if as_json:
        print_json(delivery_json(sent))
    elif sent.result == "sent":
        answer = f", answered {sent.status}" if sent.status else ""
        click.echo(f"Sent to {channel} in {sent.seconds:.2f} s{answer}.")
    else:
        click.echo(f"Channel {channel} did not take it: {sent.error}", err=True)
    return DONE if sent.result == "sent" else FAILED


@click.command("enable")
@with_services
@click.argument("channel")
def enable(services: Services, *, channel: str) -> None:
    """Let CHANNEL have messages again that its receiver disabled; it is told of what fires."""
    was = services.channels.channel(channel).disabled
    services.channels.enable(channel)
    click.echo(f"Enabled {channel} again; it is told of what fires." if was else f"{channel} was not disabled.")


def examined(settings: Settings) -> Iterator[tuple[str, bool, str, str]]:
    """Look at every channel without sending anything.

    Yields:
        name, whether it is fine, what was found, and how to mend it.
    """
    try:
        book = build_services(settings).channels
        known = {each.name: each for each in book.channels()}
        channels = book.settings()
    except SettingsError as error:
        yield "", False, str(error), "mend the settings of the channel"
        return
    except AdapterError:
        known, channels = {}, list(settings.channels)  # what is wrong with the store is found by others
    for each in known.values():
        if each.unreadable:
            mend = "remove it on the alerts page, or go back to the version that wrote it"
            yield each.name, False, f"cannot be read: {each.unreadable}", mend
    for channel in channels:
        info = known.get(channel.name)
        if info and info.disabled:
            mend = f"see what the receiver wants, then: redrive alerts enable {channel.name}"
            yield channel.name, False, f"disabled: {info.disabled}", mend
        else:
            yield channel.name, *_reached(channel, public=bool(info and info.origin == Origin.PAGE))


def _reached(channel: ChannelSettings, *, public: bool) -> tuple[bool, str, str]:
    try:
        open_channels([channel])
    except SettingsError as error:
        return False, str(error), "mend the settings of the channel"
    parts = urlsplit(channel.url)
    found = shown_address(channel) or channel.kind
    if not parts.hostname or parts.scheme not in _PORTS:
        return True, found, ""  # a kind with an address of its own
    try:
        port = parts.port or _PORTS[parts.scheme]
        address = PUBLIC.address(parts.hostname, port) if public else parts.hostname
        with socket.create_connection((address, port), timeout=min(5.0, channel.timeout)):
            return True, found, ""
    except PrivateTarget:
        return False, f"{found}: in a private network", "name such a receiver in the file of settings"
    except OSError as error:
        return (
            False,
            f"{found}: {error.strerror or type(error).__name__}",
            "mend the address, the network or the receiver",
        )
