"""Metric families and how they are written, as Prometheus' text format and as OpenMetrics.

The encoders of `prometheus_client` sort and escape the labels of every bucket anew: most of the time of a scrape of 200
queues went there. Here the labels of a queue are written once; the library's parsers check the result in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Literal

from prometheus_client.utils import floatToGoString

Kind = Literal["gauge", "counter", "histogram", "info"]

_SUFFIX: dict[Kind, str] = {"gauge": "", "counter": "_total", "histogram": "", "info": "_info"}
_float: Callable[[float], str] = floatToGoString
_bound = lru_cache(256)(_float)
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


@lru_cache(4_096)
def _escaped(value: str) -> str:
    return _unicode(value).translate(_ESCAPES)


def _unicode(value: str) -> str:
    r"""Bytes of a name that are no UTF-8 as `\xff`, so that such names stay apart."""
    try:
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return value.encode("utf-8", "backslashreplace").decode()


class Family:
    """One metric with its samples.

    Args:
        kind: its type.
        name: as OpenMetrics calls it: without the `_total` of a counter and the `_info` of an information.
        help: one sentence.
        labels: names of the labels, sorted.
        unit: that the name ends with.
    """

    def __init__(self, kind: Kind, name: str, help: str, labels: Sequence[str] = (), *, unit: str = "") -> None:
        self.kind: Kind = kind
        self.name = name
        self.help = help
        self.unit = unit
        self.lines: list[str] = []
        self._labels = tuple(labels)

    def add(self, values: Sequence[str], value: float) -> None:
        """One sample; the values of its labels in their order."""
        labels = self._written(values)
        around = f"{{{labels}}}" if labels else ""
        self.lines.append(f"{self.name}{_SUFFIX[self.kind]}{around} {_number(value)}\n")

    def add_histogram(self, values: Sequence[str], rows: Iterable[tuple[float, int]], total: float) -> None:
        """A histogram.

        Args:
            values: of its labels.
            rows: upper bounds, the last one infinite, with how many there are up to each.
            total: the sum.
        """
        labels, count = self._written(values), 0
        begin, end = f'{self.name}_bucket{{le="', f'",{labels}}} '
        for bound, count in rows:
            self.lines.append(f"{begin}{_bound(bound)}{end}{count}\n")
        self.lines.append(f"{self.name}_count{{{labels}}} {count}\n")
        self.lines.append(f"{self.name}_sum{{{labels}}} {_number(total)}\n")

    def _written(self, values: Sequence[str]) -> str:
        pairs = zip(self._labels, values, strict=True)
        return ",".join([f'{name}="{_escaped(value)}"' for name, value in pairs])


def written(families: Iterable[Family], *, openmetrics: bool) -> bytes:
    """The families as text."""
    parts: list[str] = []
    for family in families:
        name = family.name if openmetrics else family.name + _SUFFIX[family.kind]
        kind = "gauge" if family.kind == "info" and not openmetrics else family.kind
        parts.append(f"# HELP {name} {family.help.translate(_ESCAPES) if openmetrics else family.help}\n")
        parts.append(f"# TYPE {name} {kind}\n")
        if openmetrics and family.unit:
            parts.append(f"# UNIT {name} {family.unit}\n")
        parts += family.lines
    if openmetrics:
        parts.append("# EOF\n")
    return "".join(parts).encode()


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _float(value)
