"""When dead letters arrived: hours, new versions, pace and the words of the chart, at a clock that stands still."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from dashboard.adapters.contract import ErrorGroup, Worker
from dashboard.arrivals import HOUR, HOURS, arrivals, as_csv, chart, described, length, pace_words
from dashboard.charts.figure import figure
from dashboard.fixed_since import fixed_since

NOW = 1_764_000_000.0
GROUP = ErrorGroup(
    fingerprint="a" * 16, error_type="KeyError", message="'x'", source="main", queue="mail", type="send", count=9,
    first_seen=NOW - 5 * HOUR, last_seen=NOW - 600, sample_id="j", trend=(0,) * 20 + (1, 0, 6, 2), version="2.0",
)  # fmt: skip


def worker(started: float, version: str = "2.0", queues: tuple[str, ...] = ("mail",), lost: bool = False) -> Worker:
    return Worker(f"w{started}", "main", "host", 1, version, queues, 4, 0, started, NOW, lost)


def test_rows_of_several_queues_are_added_up_hour_by_hour() -> None:
    other = replace(GROUP, queue="bulk", trend=(0,) * 23 + (5,), per_minute=1.0, last_seen=NOW - 10)
    found = arrivals([GROUP, other], [], NOW)
    assert [count for _, count in found.points] == [0] * 20 + [1, 0, 6, 7]
    assert found.points[0][0] == int(NOW) - HOURS * HOUR
    assert (found.count, found.recent, found.last_seen) == (14, 5, NOW - 10)


def test_a_version_is_marked_when_a_worker_started_with_it_or_a_job_first_failed_on_it() -> None:
    group = replace(GROUP, versions=(("1.9", NOW - 3 * 86_400), ("2.0", NOW - 4 * HOUR), ("2.1", NOW - HOUR)))
    workers = [
        worker(NOW - 5 * HOUR, "2.0"),
        worker(NOW - 100, "9.9", queues=("other",)),
        worker(NOW - 50, "", ("mail",)),
    ]
    marks = arrivals([group], workers, NOW).marks
    assert [(mark.version, mark.at) for mark in marks] == [("2.0", NOW - 5 * HOUR), ("2.1", NOW - HOUR)]


@pytest.mark.parametrize(
    ("since", "per_minute", "words"),
    [
        (10, 27.0, "Still happening: 135 in 5 min"),
        (180, 8.6, "43 in 5 min, none for 3 min"),
        (3 * HOUR, 0.0, "Quiet for 3 h"),
        (2 * 86_400 + 5, 0.0, "Quiet for 2 days"),
        (26 * 60, 0.0, "Quiet for 26 min"),
    ],
)
def test_whether_it_still_happens_is_said_in_words(since: float, per_minute: float, words: str) -> None:
    found = arrivals([replace(GROUP, last_seen=NOW - since, per_minute=per_minute)], [], NOW)
    assert pace_words(found, NOW) == words


def test_lengths_are_in_their_largest_whole_unit() -> None:
    assert [length(seconds) for seconds in (0, 59, 60, 3_599, 86_400, 3 * 86_400)] == [
        "0 s", "59 s", "1 min", "59 min", "1 day", "3 days",
    ]  # fmt: skip


def test_the_chart_says_what_it_shows() -> None:
    found = arrivals([GROUP], [worker(NOW - 2 * HOUR, "2.1")], NOW)
    assert described(found) == (
        "Dead letters per hour over the last 24 hours: 9 in all, none before 12:00 UTC,"
        " most (6) in the hour from 14:00 UTC, 2 in the last hour. 2.1 from 14:00 UTC."
    )
    quiet = arrivals([replace(GROUP, trend=(0,) * 24)], [], NOW)
    assert "none; the last one came" in described(quiet)


def test_the_chart_is_a_figure_with_its_words_and_its_marks() -> None:
    found = arrivals([GROUP], [worker(NOW - 2 * HOUR, '<b onload="x">')], NOW)
    drawn = str(figure(chart(found)))
    assert drawn.startswith("<figure")
    assert 'role="img"' in drawn
    assert "9 in all, none before 12:00 UTC" in drawn
    assert "<b onload" not in drawn
    assert drawn.count('class="mark-at"') == 1
    assert drawn.count("v-") == 3, "three hours have a bar"


def test_the_csv_has_every_hour_and_no_formula() -> None:
    found = arrivals([GROUP], [worker(NOW - 2 * HOUR + 5, "=cmd()")], NOW)
    rows = list(csv.reader(io.StringIO(as_csv(found))))
    assert rows[0] == ["hour_start", "dead_letters", "versions_started"]
    assert len(rows) == 1 + HOURS
    assert rows[-2] == ["2025-11-24T14:00:00Z", "6", "'=cmd()"]


@pytest.mark.parametrize(
    ("workers", "kind", "title", "part"),
    [
        ([], "off", "Not known", "No worker serves mail now."),
        ([worker(NOW - 1, lost=True)], "off", "Not known", "No worker serves mail"),
        ([worker(NOW - 1, queues=("other",))], "off", "Not known", "No worker serves mail"),
        ([worker(NOW - HOUR)], "warn", "Nothing changed", "has started since the last failure; it was on 2.0."),
        ([worker(NOW - HOUR, "2.1")], "warn", "Nothing changed", "was on 2.0; 2.1 runs beside it."),
        ([worker(NOW - 1), worker(NOW - HOUR)], "warn", "Not everywhere", "1 of 2 workers of mail"),
        ([worker(NOW - 1)], "warn", "Restarted, same version", "and still runs 2.0."),
        ([worker(NOW - 1, "2.1")], "good", "New version since", "now with 2.1, after 2.0."),
        ([worker(NOW - 1, "2.1"), worker(NOW - 2, "2.1")], "good", "New version since", "All 2 workers of mail have"),
        ([worker(NOW - 1, "")], "good", "Restarted since", "The only worker of mail has started"),
        ([replace(worker(NOW), started_at=None)], "off", "Not known", "do not say when they started"),
    ],
)
def test_whether_something_changed_since_is_said_of_the_workers_that_serve_it(
    workers: list[Worker], kind: str, title: str, part: str
) -> None:
    verdict = fixed_since([GROUP], workers)
    assert (verdict.kind, verdict.title) == (kind, title)
    assert part in verdict.words
