"""Finds the channels: every module here that offers `KIND` and `create`."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from dashboard.alerts import channels
from dashboard.alerts.channels.contract import Channel, ChannelFactory
from dashboard.settings import ChannelSettings, SettingsError


@cache
def factories() -> dict[str, ChannelFactory]:
    """Every channel's factory by kind."""
    found: dict[str, ChannelFactory] = {}
    for entry in pkgutil.iter_modules(channels.__path__):
        module = importlib.import_module(f"{channels.__name__}.{entry.name}")
        kind, create = getattr(module, "KIND", None), getattr(module, "create", None)
        if isinstance(kind, str) and callable(create):
            found[kind] = create
    return found


def open_channels(settings: Iterable[ChannelSettings]) -> dict[str, Channel]:
    """The channels of the settings by name.

    Raises:
        SettingsError: a kind is unknown, a name is used twice, or a value is not possible.
    """
    made: dict[str, Channel] = {}
    for channel in settings:
        if channel.name in made:
            raise SettingsError(f"channel {channel.name}: the name is used twice; give each channel its own")
        known = factories()
        if channel.kind not in known:
            near = difflib.get_close_matches(channel.kind, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known kinds: {', '.join(sorted(known))}"
            raise SettingsError(f"channel {channel.name}: unknown kind {channel.kind!r}; {hint}")
        made[channel.name] = known[channel.kind](channel)
    return made
