"""The channels there are: those of the file, and those made on pages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import structlog
from ulid import ULID

from dashboard.adapters.contract import ActionRefused, NotFound
from dashboard.alerts.channels.contract import Channel, DeliveryError, Message
from dashboard.alerts.channels.discovery import open_channels
from dashboard.alerts.channels.event import Event
from dashboard.alerts.channels.reach import PUBLIC
from dashboard.alerts.channels.sending import tried
from dashboard.alerts.channels.unread import Unread
from dashboard.alerts.deliveries import DeliveryLog
from dashboard.alerts.page_channels import InvalidChannel, PageChannel, checked, from_json, shown_address, to_json
from dashboard.alerts.records import ChannelInfo, Delivery, Origin
from dashboard.alerts.unreadable import Unreadable
from dashboard.audit.log import AuditLog, Entry
from dashboard.language import N_
from dashboard.moments import moment
from dashboard.settings import ChannelSettings, Settings
from dashboard.store import Store

MOST_CHANNELS = 50
FRESH_SECONDS = 1.0

log = structlog.get_logger("redrive.alerts")


class UnknownChannel(NotFound):
    """No channel has that name."""


class ChannelBook:
    """Lists, opens, tests and changes channels; each change is written to the audit log. log: the messages sent.

    Args:
        store: where channels of pages and the state of all are kept.
        settings: channels of the file.
        clock: gives unix seconds.
        audit: what was changed, and by whom.

    Raises:
        SettingsError: a channel of the file cannot be opened. Methods raise StoreUnavailable when the store does not
            answer.
    """

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], float], audit: AuditLog) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._audit = audit
        self._of_file = open_channels(settings.channels)
        self.log = DeliveryLog(store, clock, audit)
        self._opened: tuple[float, dict[bytes, bytes], dict[str, Channel]] | None = None

    def names(self) -> list[str]:
        """Of all channels, also of those that cannot be read."""
        made = [name.decode(errors="replace") for name in self._raw()]
        return list(dict.fromkeys([*self._of_file, *sorted(made)]))

    def unreadable(self) -> dict[str, Unreadable]:
        """Channels of pages that are stored and cannot be read, by name."""
        return self._broken(self._raw())

    def settings(self) -> list[ChannelSettings]:
        """All channels, those of the file first; they hold secrets."""
        return [*self._settings.channels, *(page.settings for page in self._of_pages().values())]

    def open(self) -> dict[str, Channel]:
        """All channels, ready to send; what was changed elsewhere is seen after a second."""
        now = self._clock()
        known = self._opened  # another thread may forget it meanwhile
        if known and abs(now - known[0]) < FRESH_SECONDS:
            return known[2]
        raw = self._raw()
        opened: dict[str, Channel]
        if known and known[1] == raw:
            opened = known[2]
        else:
            broken = self._broken(raw)
            for each in broken.values():
                log.warning("a stored channel cannot be read", channel=each.name, error=each.english)
            own = open_channels([page.settings for page in self._read(raw).values()], PUBLIC)
            opened = {name: Unread(name, each.english) for name, each in broken.items()}
            opened |= own | self._of_file
        self._opened = (now, raw, opened)
        return opened

    def channels(self) -> list[ChannelInfo]:
        """All channels as they may be shown, with how they work; one command."""
        names = [channel.name for channel in self._settings.channels]
        argv = (self._store.channel_state(""), *names)
        stored, states = self._store.run("alerts", "channels", (self._store.channels,), argv)
        pages = self._read(_flat(stored))
        works = {name.decode(errors="replace"): _flat(row) for name, row in zip(states[::2], states[1::2], strict=True)}
        own = [(channel, Origin.FILE, "") for channel in self._settings.channels]
        own += [(page.settings, Origin.PAGE, page.revision) for page in pages.values()]
        broken = self._broken(_flat(stored)).values()
        return [
            *(_info(channel, origin, revision, works.get(channel.name, {})) for channel, origin, revision in own),
            *(ChannelInfo(each.name, "", "", Origin.PAGE, each.revision, unreadable=str(each)) for each in broken),
        ]

    def channel(self, name: str) -> ChannelInfo:
        """One channel as it may be shown. Raises UnknownChannel."""
        for channel in self.channels():
            if channel.name == name:
                return channel
        raise UnknownChannel(N_("no channel is called %(name)s"), name=name)

    def entered(self, name: str) -> ChannelSettings:
        """A channel of a page as it was entered, to change it; without address and secrets. Raises UnknownChannel."""
        hidden = {"url": "", "secret": "", "previous_secrets": ()}
        return self._page(name).settings.model_copy(update=hidden)

    def add(self, given: Mapping[str, Any]) -> ChannelInfo:
        """Make a channel.

        Args:
            given: fields of ChannelSettings.

        Raises:
            InvalidChannel: a value is not possible, its `field` says which; or the name is taken.
            ActionRefused: there are 50.
        """
        channel = checked(given)
        taken = channel.name in self._of_file or not self._exchange(channel.name, b"", to_json(channel))
        if taken:
            error = InvalidChannel(N_("a channel is called %(name)s already"), name=channel.name)
            error.field = "name"
            raise error
        return self._recorded("add channel", channel)

    def update(self, name: str, given: Mapping[str, Any], revision: str) -> ChannelInfo:
        """Change a channel of a page; it is enabled again.

        Args:
            name: which; it stays.
            given: fields of ChannelSettings; an empty address or secret stays as it was.
            revision: that of the channel when it was read.

        Raises:
            UnknownChannel: no page made one of that name. InvalidChannel: a value is not possible.
            ActionRefused: it was changed meanwhile.
        """
        old = self._page(name)
        channel = checked({**given, "name": name}, old.settings)
        revised = int(json.loads(old.stored).get("revised", 0)) + 1
        if revision != old.revision or not self._exchange(name, old.stored, to_json(channel, revised)):
            raise ActionRefused(N_("the channel was changed by somebody else; look at it again"))
        return self._recorded("change channel", channel)

    def remove(self, name: str, revision: str) -> None:
        """Remove a channel of a page, also one that cannot be read; what waits for it is given up.

        Raises:
            UnknownChannel: no page made one of that name. ActionRefused: it was changed meanwhile.
        """
        raw = self._raw()
        broken = self._broken(raw).get(name)
        if broken:
            old, kept, detail = (
                next(text for key, text in raw.items() if key.decode(errors="replace") == name),
                broken.revision,
                f"could not be read: {broken.english}",
            )
        else:
            page = self._page(name)
            old, kept, detail = page.stored, page.revision, page.settings.kind
        if revision != kept or not self._exchange(name, old, ""):
            raise ActionRefused(N_("the channel was changed by somebody else; look at it again"))
        self._opened = None
        self._audit.record(Entry("remove channel", "channel", target=name, detail=detail))

    def enable(self, name: str) -> ChannelInfo:
        """Let a channel have messages again that was disabled by its receiver.

        What fires then and what it did not hear of is told with the next evaluation. Raises UnknownChannel.
        """
        self.channel(name)
        with self._store.errors():
            self._store.client.hdel(self._store.channel_state(name), "disabled", "disabled_at")
        self._audit.record(Entry("enable channel", "channel", target=name))
        return self.channel(name)

    def test(self, name: str) -> Delivery:
        """Send a test message now, even to a disabled channel; the log says how that went. Raises UnknownChannel."""
        self._opened = None
        channel = self.open().get(name)
        if channel is None:
            raise UnknownChannel(N_("no channel is called %(name)s"), name=name)
        now = self._clock()
        message = Message.of(f"msg_{ULID()}", (_test_event(name, now, self._settings.alerts.base_url),), now)
        started, status, error = time.monotonic(), None, ""
        try:
            status = tried(channel, message, now)
        except DeliveryError as problem:
            status, error = problem.status, str(problem)
        went = {"at": self._clock(), "result": "failed" if error else "sent", "status": status, "error": error}
        self._log_test(name, message, went | {"seconds": time.monotonic() - started})
        sent = self.log.get(message.id)
        detail = f"{sent.result}: {error}" if error else sent.result
        self._audit.record(Entry("test channel", "channel", target=name, detail=detail))
        return sent

    def _log_test(self, name: str, message: Message, went: dict[str, Any]) -> None:
        store, (event,) = self._store, message.events
        status = "" if went["status"] is None else went["status"]
        argv = (
            message.id, repr(went["at"]), name, event.fingerprint, event.text, went["result"], status, went["error"],
            f"{went['seconds']:.3f}", json.dumps(went),
        )  # fmt: skip
        store.run("alerts", "tested", (store.delivery(message.id), store.deliveries, store.channel_state(name)), argv)

    def _recorded(self, action: str, channel: ChannelSettings) -> ChannelInfo:
        self._opened = None
        self._audit.record(Entry(action, "channel", target=channel.name,
                                 detail=f"{channel.kind} {shown_address(channel)}".strip()))  # fmt: skip
        return self.channel(channel.name)

    def _exchange(self, name: str, old: bytes, new: str) -> bool:
        keys = (self._store.channels, self._store.channel_state(name), self._store.unheard(name))
        done = self._store.run("alerts", "channel", keys, (name, old, new, MOST_CHANNELS))
        if done < 0:
            raise ActionRefused(N_("there are %(most)s channels; remove one first"), most=MOST_CHANNELS)
        return bool(done)

    def _page(self, name: str) -> PageChannel:
        raw = self._raw()
        found, broken = self._read(raw).get(name), self._broken(raw).get(name)
        if broken:
            raise ActionRefused(
                N_("%(name)s cannot be read: %(why)s. Remove it, or go back to the version that wrote it"),
                name=name, why=broken,
            )  # fmt: skip
        if found is None:
            raise UnknownChannel(N_("no page made a channel called %(name)s"), name=name)
        return found

    def _of_pages(self) -> dict[str, PageChannel]:
        return self._read(self._raw())

    def _raw(self) -> dict[bytes, bytes]:
        with self._store.errors():
            return cast("dict[bytes, bytes]", self._store.client.hgetall(self._store.channels))

    def _read(self, raw: Mapping[bytes, bytes]) -> dict[str, PageChannel]:
        """By name; one of the file goes before one of a page with its name."""
        pages = (from_json(name.decode(errors="replace"), text) for name, text in sorted(raw.items()))
        found = (page for page in pages if isinstance(page, PageChannel))
        return {page.settings.name: page for page in found if page.settings.name not in self._of_file}

    def _broken(self, raw: Mapping[bytes, bytes]) -> dict[str, Unreadable]:
        pages = (from_json(name.decode(errors="replace"), text) for name, text in sorted(raw.items()))
        return {page.name: page for page in pages if isinstance(page, Unreadable) and page.name not in self._of_file}


def _flat(row: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(row[::2], row[1::2], strict=True))


def _info(channel: ChannelSettings, origin: Origin, revision: str, works: Mapping[bytes, bytes]) -> ChannelInfo:
    def word(name: str) -> str:
        return works.get(name.encode(), b"").decode(errors="replace")

    def number(name: str) -> float | None:
        return float(word(name)) if word(name) else None

    return ChannelInfo(
        channel.name, channel.kind, shown_address(channel), origin, revision, word("result"), number("at"),
        int(word("status")) if word("status") else None, word("error"), tuple(c == "s" for c in word("recent")),
        word("disabled"), number("disabled_at"),
    )  # fmt: skip


def _test_event(channel: str, now: float, url: str) -> Event:
    at = moment(now)
    data: dict[str, Any] = {
        "rule": "test", "severity": "info", "source": "", "queue": "", "value": None, "threshold": None,
        "for_seconds": 0, "starts_at": at, "ends_at": None, "fingerprint": f"test-{channel}", "url": url,
        "summary": f"Redrive can reach channel {channel}; nothing is wrong", "groups": [],
    }  # fmt: skip
    return Event.parse(json.dumps({"type": "alert.test", "timestamp": at, "data": data}))
