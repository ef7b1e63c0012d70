"""A channel that its receiver disabled and somebody enables again: it hears what fires then, and nothing twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.alerts.channels.contract import DeliveryError, Message
from dashboard.alerts.evaluator import Evaluator
from dashboard.alerts.outbox import Outbox
from dashboard.alerts.records import Rule
from dashboard.store import Fence
from tests.alerts.outbox_model import Remembering
from tests.background import World

RULES = ("first", "second")


class Life:
    """Rules that fire as they are told to, one channel, and a receiver that may be gone."""

    def __init__(self, world: World, fence: Fence) -> None:
        self.world, self.fence = world, fence
        self.firing: set[str] = set()
        self.gone = False
        self.channel = Remembering("ops", self._answer)
        self.channels = {"ops": self.channel}
        world.jobs.dead(1)

    def _answer(self, message: Message) -> DeliveryError | None:
        return DeliveryError("wants no more", gone=True, status=410) if self.gone else None

    def rules(self) -> list[Rule]:
        return [Rule(name, "failed", 0.0 if name in self.firing else 1e6) for name in RULES]

    def round(self) -> None:
        """One evaluation, and what it left is sent."""
        world = self.world
        world.services.sources.forget()
        Evaluator(
            world.store, world.services.sources, world.settings, world.clock, rules=self.rules,
            channels=world.services.channels.settings,
        ).evaluate(self.fence)  # fmt: skip
        while Outbox(world.store, self.channels, world.clock).deliver():
            pass
        world.clock.forward(5)

    def heard(self, rule: str = "") -> list[str]:
        """What the receiver took, the types alone for one rule."""
        events = [event for message in self.channel.taken for event in message.events]
        said = [(each.rule, each.type.removeprefix("alert.")) for each in events]
        return [type for name, type in said if name == rule] if rule else [f"{name} {type}" for name, type in said]


@pytest.fixture
def life(world: World, fence: Fence) -> Life:
    return Life(world, fence)


def test_what_fires_when_it_is_enabled_is_told_once_and_its_end_too(life: Life) -> None:
    life.gone, life.firing = True, {"first"}
    life.round()
    life.gone = False
    life.firing = {"first", "second"}
    life.round()
    assert life.heard() == [], "it is disabled"
    life.world.services.channels.enable("ops")
    for _ in range(3):
        life.round()
    assert sorted(life.heard()) == ["first firing", "second firing"]
    life.firing = set()
    life.round()
    assert life.heard("first") == life.heard("second") == ["firing", "resolved"]


def test_what_began_and_ended_meanwhile_is_not_told(life: Life) -> None:
    life.gone, life.firing = True, {"first"}
    life.round()
    life.firing = {"second"}
    life.round()
    life.firing = set()
    life.round()
    life.gone = False
    life.world.services.channels.enable("ops")
    life.round()
    assert life.heard() == []
    assert len(life.channel.tried) == 1, "one that is disabled is sent nothing"


def test_the_end_of_what_it_knew_of_is_told_when_it_is_enabled(life: Life) -> None:
    life.firing = {"first"}
    life.round()
    life.gone, life.firing = True, {"first", "second"}
    life.round()
    life.gone, life.firing = False, {"second"}
    life.round()
    life.world.services.channels.enable("ops")
    life.round()
    assert life.heard("first") == ["firing", "resolved"]
    assert life.heard("second") == ["firing"]


def test_a_resolved_message_that_was_not_taken_is_told_again(life: Life) -> None:
    life.firing = {"first"}
    life.round()
    life.gone, life.firing = True, set()
    life.round()
    life.gone = False
    life.round()
    assert life.heard("first") == ["firing"]
    life.world.services.channels.enable("ops")
    life.round()
    assert life.heard("first") == ["firing", "resolved"]


def test_a_message_that_somebody_sent_again_before_is_not_told_anew(life: Life) -> None:
    life.gone, life.firing = True, {"first"}
    life.round()
    life.gone = False
    life.world.services.channels.enable("ops")
    life.world.services.channels.log.retry_all()
    while Outbox(life.world.store, life.channels, life.world.clock).deliver():
        pass
    life.round()
    assert life.heard() == ["first firing"]


def test_a_changed_channel_is_enabled_and_hears_what_fires_too(life: Life) -> None:
    book, team = life.world.services.channels, Remembering("team")
    life.channels["team"] = team
    made = book.add({"name": "team", "kind": "slack", "url": "https://hooks.slack.example/services/T/B/x"})
    life.world.store.client.hset(life.world.store.channel_state("team"), "disabled", "gone")
    life.firing = {"first"}
    life.round()
    assert (life.heard(), team.taken) == (["first firing"], [])
    book.update("team", {"kind": "slack", "repeat": "1h"}, made.revision)
    for _ in range(4):  # it waits for others of its group
        life.round()
    assert (life.heard(), len(team.taken)) == (["first firing"], 1)


steps = st.one_of(
    st.tuples(st.just("turn"), st.sampled_from(RULES)), st.sampled_from([("gone",), ("back",), ("enable",), ("round",)])
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(history=st.lists(steps, max_size=25))
def test_whatever_happens_begin_and_end_are_told_in_turn_and_the_last_word_is_true(
    history: list[Any], world: World, fence: Fence
) -> None:
    for key in [*world.store.client.keys("{redrive}:alerts*"), *world.store.client.keys("{redrive}:outbox*")]:
        world.store.client.delete(key)
    life = Life(world, fence)
    for what, *rest in history:
        if what == "turn":
            life.firing ^= {rest[0]}
        elif what == "enable":
            world.services.channels.enable("ops")
        elif what == "round":
            life.round()
        else:
            life.gone = what == "gone"
    life.gone = False
    world.services.channels.enable("ops")
    for _ in range(3):
        life.round()
    for rule in RULES:
        said = life.heard(rule)
        assert said == [("firing", "resolved")[number % 2] for number in range(len(said))]
        assert (said[-1:] == ["firing"]) == (rule in life.firing)
