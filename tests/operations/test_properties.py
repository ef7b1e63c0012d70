"""Whatever operators, workers and dying drivers do, and in whatever order: no job is lost, none is moved twice.

REDRIVE_EXAMPLES sets how many histories are tried.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.operations.machine_of_operations import MachineOfOperations


def test_operations_workers_kills_and_undo_keep_every_job_in_one_place(redis_url: str) -> None:
    class Machine(MachineOfOperations):
        url = redis_url

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=int(os.environ.get("REDRIVE_EXAMPLES", "25")),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.target],
        ),
    )
