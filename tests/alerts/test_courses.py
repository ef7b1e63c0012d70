"""The last hour of each rule: its worst value by the minute, kept over leaders, forgotten with the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dashboard.alerts.courses import MINUTES, Courses, hour_until, worst
from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.records import Alert, AlertState, Rule
from dashboard.store import Fence
from tests.background import World

RULE = Rule("r", "failed", 5)
START = 1_900_000_020  # a whole number of minutes
RULES = {"r": RULE}
readings = st.lists(st.tuples(st.integers(1, 150), st.none() | st.integers(0, 999)), min_size=1, max_size=60)


class Kept:
    """What is stored, as a test looks at it."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def read(self, names: Sequence[str]) -> list[bytes | None]:
        return [self.rows[name].encode() if name in self.rows else None for name in names]

    def put(self, rows: dict[str, str]) -> None:
        self.rows = {name: text for name, text in (self.rows | rows).items() if text}


@given(readings)
def test_each_whole_minute_has_its_worst_value(steps: list[tuple[int, int | None]]) -> None:
    kept, now, by_minute = Kept(), START, dict[int, list[int]]()
    courses = Courses(kept.read)
    for seconds, value in steps:
        now += seconds
        kept.put(courses.note(RULES, {} if value is None else {"r": value}, 1, now))
        by_minute.setdefault(now // 60, []).extend([] if value is None else [value])
    last = now // 60 - 1
    found = hour_until(RULE, kept.read(["r"])[0], last)
    expected = [max(by_minute.get(each) or [-1]) for each in range(last - MINUTES + 1, last + 1)]
    assert [-1 if value is None else value for value in found or (None,) * MINUTES] == expected


def test_another_leader_goes_on_with_what_is_stored() -> None:
    kept = Kept()
    for epoch, value in ((1, 3.0), (2, 4.0)):
        courses = Courses(kept.read)
        for second in (0, 30, 60):
            kept.put(courses.note(RULES, {"r": value}, epoch, START + 120 * epoch + second))
    assert hour_until(RULE, kept.read(["r"])[0], (START + 240) // 60)[-3:] == (3.0, None, 4.0)


def test_a_rule_that_measures_something_else_begins_anew_and_another_limit_does_not() -> None:
    kept, courses = Kept(), Courses(Kept().read)
    for second in (0, 60):
        kept.put(courses.note(RULES, {"r": 3.0}, 1, START + second))
    (stored,) = kept.read(["r"])
    minute = START // 60
    assert hour_until(replace(RULE, above=1, severity="info"), stored, minute)[-1] == 3.0
    assert hour_until(replace(RULE, queue="mail"), stored, minute) == ()
    assert hour_until(RULE, stored, minute + MINUTES) == ()


def test_a_rule_that_is_gone_is_forgotten() -> None:
    kept, courses = Kept(), Courses(Kept().read)
    for second, rules in ((0, RULES), (60, RULES), (120, {})):
        kept.put(courses.note(rules, dict.fromkeys(rules, 1.0), 1, START + second))
    assert kept.rows == {}


@given(st.none() | st.binary() | st.text().map(str.encode))
def test_what_is_damaged_is_nothing(stored: bytes | None) -> None:
    assert hour_until(RULE, stored, START // 60) == ()


def test_the_worst_of_what_is_read_counts() -> None:
    alerts = [
        Alert(rule, "page", "failed", AlertState.FIRING, "main", "", value, 5, 0, f"{rule}{value}", 0.0)
        for rule, value in (("r", 7.0), ("r", None), ("r", 9.0), ("r", float("nan")), ("other", 3.0))
    ]
    assert worst(RULES, alerts) == {"r": 9.0}


def test_evaluations_keep_the_last_hour_with_the_alerts(world: World, fence: Fence) -> None:
    evaluator = Evaluator(world.store, world.services.sources, world.settings, world.clock, book=world.book)
    world.clock.now = START
    for dead in (0, 3, 0, 0):
        if dead:
            world.jobs.dead(dead)
        world.services.sources.forget()
        evaluator.evaluate(fence)
        world.clock.forward(60)
    rule = world.book.rule("too-many-failed")
    assert world.book.courses([rule])["too-many-failed"][-4:] == (None, 0.0, 3.0, 3.0)
    evaluation = world.book.evaluation()
    assert evaluation is not None
    assert evaluation.values["too-many-failed"] == 3.0
    assert world.store.client.ttl(world.store.courses) > 0
