"""Three collectors, the leading one stopped and killed, Redis killed: every notification arrives, none twice.

A message is delivered at least once: a process that dies, or loses Redis, after the receiver's answer and before it is
noted sends it again under the same `webhook-id`. So notifications are counted by that id, as receivers do.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from dashboard.alerts.metrics.discovery import built_in_rules
from dashboard.alerts.records import AlertState
from tests.alerts.receiver import Receiver
from tests.background import Jobs, World
from tests.conftest import RealServer
from tests.waiting import until

pytestmark = pytest.mark.faults
GROUP = 18
QUEUES = [f"queue-{number:02}" for number in range(3 * GROUP)]
RULE = {"name": "waits", "metric": "oldest_pending_seconds", "above": 0.01, "severity": "ticket"}

REFUSED = "alerts: refused, another collector leads by now"


class Running:
    """`redrive collector` as a process of its own, and what it logs."""

    def __init__(self, folder: Path, number: int) -> None:
        self.log_file = folder / f"collector-{number}.log"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("REDRIVE_")}
        environment["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), environment.get("PYTHONPATH", "")])
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dashboard", "collector"], cwd=folder, env=environment, stdout=log, stderr=log
            )

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    @property
    def leads(self) -> bool:
        """Whether it said so last."""
        said = re.findall(r"\] (leads|waits, another collector leads)", self.log)
        return bool(said) and said[-1] == "leads"

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)


class Collectors:
    """Three of them."""

    def __init__(self, folder: Path) -> None:
        self.running = [Running(folder, number) for number in range(3)]

    def leader(self, other_than: Sequence[Running] = ()) -> Running:
        """The one that leads, as soon as one does."""
        chosen = [each for each in self.running if each not in other_than]
        eventually(lambda: sum(each.leads for each in chosen) == 1, self.logs)
        return next(each for each in chosen if each.leads)

    def logs(self) -> str:
        return "\n".join(f"{each.log_file.name}\n{each.log}" for each in self.running)

    def close(self) -> None:
        for each in self.running:
            if each.process.poll() is None:
                each.signal(signal.SIGCONT)
                each.process.kill()
                each.process.wait()


def eventually(condition: Callable[[], object], explained: Callable[[], object] = str) -> None:
    """Wait closely, to hit the moment."""
    until(condition, explained, every=0.002)


class Scene:
    """A Redis of jobs and of the dashboard's data, a second one that can be made to hang, and a receiver."""

    def __init__(self, server: RealServer, slow: RealServer, receiver: Receiver, folder: Path) -> None:
        self.server, self.slow, self.receiver = server, slow, receiver
        self.world = World(server.url, {"alerts": {"rules": [RULE]}})
        self.jobs = {name: Jobs(server.url, name) for name in QUEUES}
        (folder / "redrive.toml").write_text(configuration(server.url, slow.url, receiver))
        self.collectors = Collectors(folder)

    def fire(self, queues: Sequence[str]) -> None:
        for name in queues:
            self.jobs[name].pending(1)

    def calm(self, queues: Sequence[str]) -> None:
        for name in queues:
            self.jobs[name].run("s")

    def hang(self, number: signal.Signals) -> None:
        """Let the second Redis hang, or go on."""
        assert self.slow.process
        self.slow.process.send_signal(number)

    def told(self, queues: Sequence[str], kind: str) -> None:
        """Wait until the receiver took a notification of that kind for each queue."""

        def missing() -> set[str]:
            return set(queues) - {name for name, said in self.taken().values() if said == kind}

        eventually(lambda: not missing(), lambda: f"{kind}: {missing()}\n{self.collectors.logs()}")

    def taken(self) -> dict[str, tuple[str, str]]:
        """(queue, type) of the notifications that were taken, by idempotency key."""
        bodies = [(each.id, each.json()) for each in list(self.receiver.requests) if each.status == 204]
        return {name: (body["data"]["queue"], body["type"].removeprefix("alert.")) for name, body in bodies}

    def waiting(self) -> bool:
        """Whether a message is stored and nobody has begun to send it, nor any other of its channel."""
        store = self.world.store
        pipe = store.client.pipeline(transaction=True)
        pipe.zcard(store.outbox)
        pipe.hget(f"{store.outbox}:channel:ops", "busy")
        stored, busy = pipe.execute()
        return bool(stored) and float(busy or 0) < time.time() * 1000

    def evaluated_at(self) -> float:
        return self.world.book.last_run() or 0.0


def configuration(url: str, slow: str, receiver: Receiver) -> str:
    """The file of the collectors: our rule is the only one that is on."""
    off = (f'[[alerts.rules]]\nname = "{rule.name}"\nmetric = "{rule.metric}"\nenabled = false\n'
           for rule in built_in_rules())  # fmt: skip
    channel = receiver.settings("ops", timeout=1.0)
    return "\n".join(
        [
            f'store = "{url}"',
            f'[[sources]]\nname = "main"\nurl = "{url}"',
            f'[[sources]]\nname = "slow"\nurl = "{slow}"',
            f'[[channels]]\nname = "ops"\nurl = "{channel["url"]}"\nsecret = "{channel["secret"]}"\ntimeout = 1.0',
            "[alerts]\nevery = 0.25",
            f'[[alerts.rules]]\nname = "{RULE["name"]}"\nmetric = "{RULE["metric"]}"\nabove = {RULE["above"]}',
            *off,
        ]
    )


@pytest.fixture
def scene(make_server: type[RealServer], tmp_path: Path) -> Iterator[Scene]:
    server = make_server("--appendonly", "yes", "--appendfsync", "always").start()
    slow = make_server().start()
    with Receiver() as receiver:
        made = Scene(server, slow, receiver, tmp_path)
        yield made
        made.collectors.close()


def stop_the_leader_past_its_lease(scene: Scene, queues: Sequence[str]) -> None:
    """Stop it in the middle of an evaluation, which it goes on with when another one leads; it is refused."""
    leader = scene.collectors.leader()
    eventually(scene.evaluated_at, scene.collectors.logs)
    scene.hang(signal.SIGSTOP)
    scene.fire(queues)
    last = [scene.evaluated_at(), time.monotonic()]

    def hangs() -> bool:
        if scene.evaluated_at() != last[0]:
            last[:] = [scene.evaluated_at(), time.monotonic()]
        return time.monotonic() - last[1] > 0.8  # three evaluations are due: it waits for the source that hangs

    eventually(hangs, scene.collectors.logs)
    leader.signal(signal.SIGSTOP)
    scene.hang(signal.SIGCONT)
    scene.collectors.leader(other_than=[leader])
    scene.told(queues, "firing")
    leader.signal(signal.SIGCONT)
    eventually(lambda: not leader.leads and REFUSED in leader.log, scene.collectors.logs)


def kill_the_leader_between_change_and_send(scene: Scene, queues: Sequence[str]) -> None:
    """kill -9 when a message is stored and nobody has begun to send it; tried with one queue after the other."""
    leader = scene.collectors.leader()
    for at, name in enumerate(queues):
        scene.fire([name])
        eventually(
            lambda name=name: scene.waiting() or (name, "firing") in scene.taken().values(), scene.collectors.logs
        )
        leader.signal(signal.SIGSTOP)
        if scene.waiting():
            leader.process.kill()
            leader.process.wait()
            assert (name, "firing") not in scene.taken().values()
            scene.fire(queues[at + 1 :])
            scene.collectors.running.remove(leader)
            return
        leader.signal(signal.SIGCONT)
    pytest.fail("it sent every message before it could be stopped")


def kill_redis_while_messages_wait(scene: Scene, queues: Sequence[str]) -> None:
    scene.fire(queues)
    eventually(scene.waiting, scene.collectors.logs)
    scene.server.kill()
    scene.server.start()


def test_every_notification_arrives_once_whatever_is_stopped_killed_or_restarted(scene: Scene) -> None:
    first, second, third = (QUEUES[start : start + GROUP] for start in range(0, len(QUEUES), GROUP))
    scene.receiver.answers = [(503, {})] * 5
    stop_the_leader_past_its_lease(scene, first)
    kill_the_leader_between_change_and_send(scene, second)
    scene.told(second, "firing")
    kill_redis_while_messages_wait(scene, third)
    scene.told(third, "firing")
    scene.calm(QUEUES)
    scene.told(QUEUES, "resolved")

    assert [each.status for each in scene.receiver.requests].count(503) == 5
    taken = scene.taken()
    assert Counter(taken.values()) == Counter((name, kind) for name in QUEUES for kind in ("firing", "resolved"))
    again = Counter(each.id for each in scene.receiver.requests if each.status == 204)
    assert sum(count - 1 for count in again.values()) <= 1  # Redis may have been killed in the middle of one
    for request in scene.receiver.requests:
        request.verified()
    periods = scene.world.book.periods(0)
    assert sorted(period.queue for period in periods) == QUEUES
    assert all(period.ended for period in periods)
    assert {alert.state for alert in scene.world.book.alerts()} == {AlertState.RESOLVED}
