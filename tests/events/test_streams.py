"""Streams: how many there may be, what they are told, when they end, and that all of them are read for once."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from dashboard.adapters.snapshot import Snapshot, SourceSnapshot
from dashboard.events.changes import Reading
from dashboard.events.connection import gone
from dashboard.events.streams import COMMENT, RETRY, Stream, Streams, most_streams
from tests.background import Clock
from tests.waiting import PATIENCE

SOON = 0.01


class World:
    """What is read: it changes when it is told to, and counts how often it is looked at."""

    def __init__(self) -> None:
        self.error = ""
        self.reads = 0
        self.broken = False
        self.looked = threading.Event()
        self._moments = itertools.count(100)

    def read(self) -> Reading:
        self.reads += 1
        self.looked.set()
        if self.broken:
            raise RuntimeError("not readable")
        source = SourceSnapshot("main", "queue_core", "redis://here", not self.error, self.error)
        return Reading(Snapshot(float(next(self._moments)), (source,)))

    def next_look(self) -> None:
        """Wait until it was looked at once more."""
        self.looked.clear()
        assert self.looked.wait(PATIENCE)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def make(world: World) -> Iterator[Callable[..., Streams]]:
    """Streams that look every hundredth of a second; they stop with the test."""
    made: list[Streams] = []

    def streams(**options: object) -> Streams:
        made.append(Streams(world.read, every=SOON, **{"most": 4, **options}))  # type: ignore[arg-type]
        return made[-1]

    yield streams
    for each in made:
        each.stopping = lambda: True
    for watcher in watchers():
        watcher.join(PATIENCE)


def watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "events"]


def opened(streams: Streams, since: float | None = None, connection: socket.socket | None = None) -> Stream:
    stream = Stream(since, connection)
    assert streams.admit(stream)
    return stream


def test_a_listener_is_told_what_changed_and_nothing_else(make: Callable[..., Streams], world: World) -> None:
    streams = make()
    messages = streams.messages(opened(streams))
    assert next(messages) == RETRY
    world.next_look()
    world.next_look()
    world.error = "refused"
    assert next(messages) == b"event: changed\ndata: sources\n\n"


def test_who_shows_something_older_is_told_at_once(make: Callable[..., Streams], world: World) -> None:
    streams = make()
    messages = streams.messages(opened(streams, since=50.0))
    assert [next(messages), next(messages)] == [RETRY, b"event: changed\ndata: dead queues sources workers\n\n"]


def test_all_listeners_are_told_by_one_watcher(make: Callable[..., Streams], world: World) -> None:
    streams = make()
    told = [streams.messages(opened(streams)) for _ in range(4)]
    assert len(watchers()) == 1
    for messages in told:
        next(messages)
    world.next_look()
    world.next_look()
    world.error = "refused"
    assert [next(messages) for messages in told] == [b"event: changed\ndata: sources\n\n"] * 4


def test_nobody_is_watched_for_when_nobody_listens(make: Callable[..., Streams], world: World) -> None:
    streams = make()
    assert world.reads == 0
    stream = opened(streams)
    world.next_look()
    (watcher,) = watchers()
    streams.leave(stream)
    watcher.join(PATIENCE)
    assert not watcher.is_alive()
    again = opened(streams)
    world.next_look()
    streams.leave(again)


def test_there_are_no_more_than_allowed_and_a_place_is_free_again(make: Callable[..., Streams]) -> None:
    streams = make(most=2)
    first = opened(streams)
    opened(streams)
    assert not streams.admit(Stream())
    streams.leave(first)
    streams.leave(first)
    assert streams.admit(Stream())
    assert len(streams) == 2


def test_without_a_number_from_the_web_server_there_are_none(world: World) -> None:
    assert not Streams(world.read).admit(Stream())
    assert world.reads == 0


@pytest.mark.parametrize(("threads", "streams"), [(64, 56), (16, 8), (9, 1), (8, 1), (2, 1), (1, 0)])
def test_streams_leave_threads_to_everything_else(threads: int, streams: int) -> None:
    assert most_streams(threads) == streams


def test_silence_is_broken_by_a_comment(make: Callable[..., Streams]) -> None:
    clock = Clock()
    streams = make(comment_after=15.0, monotonic=clock, lasts=1_000.0)
    messages = streams.messages(opened(streams))
    next(messages)
    clock.forward(15.0)
    assert next(messages) == COMMENT
    clock.forward(15.0)
    assert next(messages) == COMMENT


def test_a_stream_ends_by_itself_after_a_while(make: Callable[..., Streams]) -> None:
    clock = Clock()
    streams = make(monotonic=clock, lasts=300.0)
    messages = streams.messages(opened(streams))
    next(messages)
    clock.forward(400.0)
    assert list(messages) == []


def test_a_stream_ends_and_none_begins_when_the_server_stops(make: Callable[..., Streams]) -> None:
    streams = make()
    messages = streams.messages(opened(streams))
    next(messages)
    streams.stopping = lambda: True
    assert list(messages) == []
    assert not streams.admit(Stream())


def test_a_stream_ends_when_its_client_goes(make: Callable[..., Streams]) -> None:
    streams = make()
    ours, theirs = socket.socketpair()
    messages = streams.messages(opened(streams, connection=ours))
    next(messages)
    theirs.close()
    assert list(messages) == []
    ours.close()


def test_a_client_that_has_gone_makes_room_before_its_stream_notices(make: Callable[..., Streams]) -> None:
    streams = make(most=1)
    ours, theirs = socket.socketpair()
    opened(streams, connection=ours)
    assert not streams.admit(Stream())
    theirs.close()
    assert streams.admit(Stream())
    ours.close()


def test_a_connection_is_looked_at_without_reading_from_it() -> None:
    ours, theirs = socket.socketpair()
    assert not gone(ours)
    theirs.send(b"x")
    assert not gone(ours)
    assert ours.recv(1) == b"x"
    theirs.close()
    assert gone(ours)
    ours.close()
    assert gone(ours)
    assert not gone(None)


def test_a_reading_that_fails_ends_nothing(make: Callable[..., Streams], world: World) -> None:
    streams = make()
    messages = streams.messages(opened(streams))
    next(messages)
    world.next_look()
    world.next_look()
    world.broken = True
    world.next_look()
    world.broken, world.error = False, "refused"
    assert next(messages) == b"event: changed\ndata: sources\n\n"
