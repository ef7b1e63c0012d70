"""When schedules are due, in words of six languages."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from dashboard.adapters.contract import ScheduledRun, State, Timing
from dashboard.schedule_words import in_zone, outcome, outcomes_words, timing_words


def cron(expression: str, zone: str = "UTC") -> str:
    return timing_words(Timing(expression, expression=expression, zone=zone))


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("0 2 * * *", "Every day at 02:00 UTC"),
        ("5 14 * * 1-5", "Monday to Friday at 14:05 UTC"),
        ("0 8 * * 0", "Every Sunday at 08:00 UTC"),
        ("0 8 * * 7", "Every Sunday at 08:00 UTC"),
        ("0 6 1 * *", "On day 1 of every month at 06:00 UTC"),
        ("* * * * *", "Every minute"),
        ("0 * * * *", "Every hour"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("15 2,14 * * mon-fri", "At 02:15 and 14:15, Monday through Friday (UTC)"),
        ("0 0 1,15 * 3", "At 00:00, on day 1 and 15 of the month, or on Wednesday (UTC)"),
        ("0 4 last * *", "0 4 last * * (UTC)"),
        ("nonsense", "nonsense (UTC)"),
    ],
)
def test_a_cron_expression_in_words(expression: str, said: str) -> None:
    assert cron(expression) == said


def test_another_zone_is_named() -> None:
    assert cron("0 2 * * *", "Europe/Berlin") == "Every day at 02:00 (Europe/Berlin)"
    assert cron("*/5 * * * *", "Europe/Berlin") == "Every 5 minutes"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "Every second"), (30, "Every 30 seconds"), (60, "Every minute"), (120, "Every 2 minutes"),
     (90, "Every 90 seconds"), (7_200, "Every 2 hours"), (86_400, "Every day"), (1.5, "Every 1.5 s")],
)  # fmt: skip
def test_an_interval_in_words(seconds: float, said: str) -> None:
    assert timing_words(Timing("", seconds=seconds)) == said


@pytest.mark.parametrize(
    ("language", "weekday"),
    [("de", "Freitag"), ("fr", "vendredi"), ("es", "viernes"), ("ja", "金曜日"), ("zh_Hans", "星期五")],
)
def test_days_are_named_in_the_language_of_the_rest(app: Flask, language: str, weekday: str) -> None:
    with app.test_request_context(), force_locale(language):
        said = cron("30 9-17 * * 1-5")
    assert weekday in said
    assert "Friday" not in said


def test_an_instant_is_told_in_the_schedules_own_zone() -> None:
    assert in_zone(1_795_737_435, "Asia/Tokyo") == "27 Nov 08:57:15"
    assert in_zone(1_795_737_420, "no zone") == "26 Nov 23:57"
    assert in_zone(None, "UTC") == in_zone(1e300, "UTC") == "–"


def test_results_are_told_without_their_marks() -> None:
    runs = [ScheduledRun("a", 1.0, state=State.SUCCEEDED), ScheduledRun("b", 2.0, state=State.FAILED),
            ScheduledRun("c", 3.0), ScheduledRun("d", 4.0, state=State.SUCCEEDED)]  # fmt: skip
    assert outcomes_words(runs) == "Last 4 runs: 2 × Succeeded, 1 × Failed, 1 × No longer known"
    assert [outcome(run)[0] for run in runs] == ["good", "bad", "gone", "good"]
