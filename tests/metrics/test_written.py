"""What is written is what the library's parsers read, whatever names and numbers there are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse
from prometheus_client.registry import Collector, CollectorRegistry

from dashboard.metrics.families import Family, written

Parse = Callable[[str], Iterable[Any]]
ROWS = ((0.001, 0), (0.002, 3), (4.194304, 3), (math.inf, 5))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBERS = st.one_of(st.integers(0, 2**53), st.floats(0, 1e15))


def ours(name: str, count: int, number: float) -> list[Family]:
    jobs = Family("gauge", "a_jobs", 'Jobs "by" queue.', ("queue",))
    jobs.add((name,), number)
    done = Family("counter", "a_done", "Jobs done.", ("outcome", "queue"))
    done.add(("ok", name), count)
    wait = Family("histogram", "a_wait_seconds", "Waits.", ("queue",), unit="seconds")
    wait.add_histogram((name,), ROWS, number)
    build = Family("info", "a_build", "Version.", ("version",))
    build.add((name,), 1)
    return [jobs, done, wait, build]


def theirs(name: str, count: int, number: float) -> CollectorRegistry:
    jobs = GaugeMetricFamily("a_jobs", 'Jobs "by" queue.', labels=["queue"])
    jobs.add_metric([name], number)
    done = CounterMetricFamily("a_done", "Jobs done.", labels=["outcome", "queue"])
    done.add_metric(["ok", name], count)
    wait = HistogramMetricFamily("a_wait_seconds", "Waits.", labels=["queue"], unit="seconds")
    wait.add_metric([name], [("+Inf" if math.isinf(b) else repr(b), float(c)) for b, c in ROWS], number)
    build = InfoMetricFamily("a_build", "Version.", value={"version": name})

    class Given(Collector):
        def collect(self) -> Iterable[Any]:
            return [jobs, done, wait, build]

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Given())
    return registry


def read(text: bytes, parser: Parse) -> list[Any]:
    return [
        (each.name, each.type, each.documentation, each.unit,
         sorted((s.name, sorted(s.labels.items()), s.value) for s in each.samples))
        for each in parser(text.decode())
    ]  # fmt: skip


@given(TEXTS, st.integers(0, 2**53), NUMBERS)
def test_the_text_format_says_what_the_library_would_say(name: str, count: int, number: float) -> None:
    text = written(ours(name, count, number), openmetrics=False)
    assert read(text, parse) == read(generate_latest(theirs(name, count, number)), parse)


@given(TEXTS, st.integers(0, 2**53), NUMBERS)
def test_openmetrics_says_what_the_library_would_say(name: str, count: int, number: float) -> None:
    text = written(ours(name, count, number), openmetrics=True)
    expected = generate_openmetrics(theirs(name, count, number))
    assert read(text, parse_openmetrics) == read(expected, parse_openmetrics)


@pytest.mark.parametrize("openmetrics", [False, True])
def test_names_that_are_no_unicode_break_nothing_and_stay_apart(openmetrics: bool) -> None:
    jobs = Family("gauge", "a_jobs", "Jobs by queue.", ("queue",))
    for name in (b"mail-\xff".decode("utf-8", "surrogateescape"), "mail-\udcfe", "mail-\ud800", "\udcff\ud800"):
        jobs.add((name,), 1)
    (family,) = (parse_openmetrics if openmetrics else parse)(written([jobs], openmetrics=openmetrics).decode())
    assert [sample.labels["queue"] for sample in family.samples] == [
        r"mail-\xff", r"mail-\xfe", r"mail-\ud800", r"\udcff\ud800"
    ]  # fmt: skip
