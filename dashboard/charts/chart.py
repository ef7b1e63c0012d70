"""What a chart shows: values by bucket on one time axis, with what is marked in it. No drawing here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.charts.drawing import Value

ROOM = 1.06
"""Where a chart's upper edge lies above its highest value."""
FAR = 4
"""A limit this many times as high as all values is told, but not drawn: the values would be a line on the ground."""


@dataclass(frozen=True, slots=True)
class Track:
    """One series that is drawn.

    name: its direct label, where there are two. cls: `bad` for what should not happen.
    area: whether what lies below the line is filled. limited: whether the chart's limit is about it.
    """

    values: Sequence[Value]
    name: str = ""
    kind: Literal["line", "bar"] = "line"
    cls: str = ""
    area: bool = True
    limited: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """What the read-out says of each bucket: text by bucket, '' where nothing was read, `~` where nothing happened.

    heading: of the table's column, the chart's title and the name when left out.
    """

    name: str
    texts: Sequence[str]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """The threshold of an alert rule. name: what stands on the line."""

    value: float
    name: str


@dataclass(frozen=True, slots=True)
class Band:
    """A time in which an alert fired; in unix seconds, `end` None while it lasts. link: where more is said of it."""

    start: float
    end: float | None
    name: str
    link: str = ""
    tone: str = "bad"

    def touches(self, start: float, end: float) -> bool:
        """Whether it overlaps a time."""
        return self.start < end and (self.end is None or self.end > start)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of buckets of one length.

    Args:
        id: DOM id, the same at each update.
        title: what is shown, and `unit` how it is measured.
        start: unix seconds of the first bucket. step: seconds of a bucket.
        tracks: one or two; with two each is labelled where it ends.
        columns: the read-out.
        say: a value as people read it.
        incomplete: buckets that were not, or not yet, read to their end.
        idle: buckets that were read, and in which nothing happened that could be shown.
        marks: (unix seconds, name) of moments. bands: when alerts fired.
        foot: a line below, of the range as a whole.
        seconds: whether the values are seconds.
        now: what stands beside the caption; made of the data when None.
        words: what the chart shows, in sentences; made of the data when left out.
    """

    id: str
    title: str
    unit: str
    start: int
    step: int
    tracks: tuple[Track, ...]
    columns: tuple[Column, ...]
    say: Callable[[float], str]
    incomplete: frozenset[int] = frozenset()
    idle: frozenset[int] = frozenset()
    marks: tuple[tuple[float, str], ...] = ()
    bands: tuple[Band, ...] = ()
    limit: Limit | None = None
    foot: str = ""
    seconds: bool = False
    now: str | None = None
    words: str = ""

    @property
    def count(self) -> int:
        """Number of buckets."""
        return len(self.tracks[0].values)

    @property
    def span(self) -> int:
        """Seconds from the first bucket's start to the last one's end."""
        return self.step * self.count

    @property
    def highest(self) -> float:
        """The highest value of all, 0 when none is known."""
        return max((value for track in self.tracks for value in track.values if value is not None), default=0.0)

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return any(value is not None for track in self.tracks for value in track.values)

    @property
    def top(self) -> float:
        """The value at the upper edge."""
        limit = self.limit.value if self.limit and not self.limit_is_far else 0.0
        return max(self.highest, limit) * ROOM or 1.0

    @property
    def limit_is_far(self) -> bool:
        """Whether the limit lies so high that only its name is shown."""
        return self.limit is not None and self.limit.value > FAR * self.highest > 0

    def firing(self, index: int) -> str:
        """The names of what fired in a bucket."""
        begin = self.start + index * self.step
        return ", ".join(dict.fromkeys(band.name for band in self.bands if band.touches(begin, begin + self.step)))

    def last(self, values: Sequence[Value]) -> int | None:
        """The last complete bucket with a value; the running one would look like a fall."""
        found = (index for index in reversed(range(self.count)) if values[index] is not None)
        return next((index for index in found if index not in self.incomplete), None)

    def latest(self, values: Sequence[Value]) -> Value:
        """The value of that bucket."""
        at = self.last(values)
        return None if at is None else values[at]
