"""Tasks of kind `huey` in every state that Huey tells, written as Huey writes them."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from tests.contract import mirrored
from tests.contract.written import Written

KIND = "huey"
NO_ARGUMENTS = "Huey keeps no arguments with a failure"
CANNOT = {
    **mirrored.CANNOT,
    **dict.fromkeys(
        (
            "test_a_search_says_how_much_it_read_and_goes_on_from_there",
            "test_groups_found_by_their_jobs_count_what_was_found_and_go_on",
            "test_a_selection_looks_further_than_a_page_and_says_where_it_stopped",
            "test_a_search_over_many_queues_reads_the_newest_jobs_of_all",
            "test_a_sample_is_spread_over_the_whole_list_and_has_the_newest",
            "test_a_short_list_is_sampled_whole_and_a_long_one_within_the_limit",
        ),
        NO_ARGUMENTS,
    ),
}


def pickled(module: str, name: str, args: tuple[Any, ...]) -> bytes:
    """An object of a class that need not be installed."""
    return b"\x80\x02c%s\n%s\n" % (module.encode(), name.encode()) + pickle.dumps(args, 2)[2:-1] + b"\x81."


class Seeder(Written):
    KIND = KIND
    LACKS: ClassVar = {
        "processing": "Huey tells nowhere what runs",
        "succeeded": "Huey keeps no list of what succeeded",
        "cancelled": "Huey keeps no list of what was revoked",
        "version": "Huey keeps no version of the application with a failure",
        "worker": "Huey keeps no worker with a failure",
    }

    def write(self, state: str, queue: str, job_id: str, type: str, data: Any, **more: Any) -> None:
        left, results = 0 if state == "failed" else 2, f"huey.results.{queue}"
        if state in ("failed", "retrying"):
            told = more.get("traceback", "ValueError: bad").replace("in send", f"in {type}")
            noted = {"error": "ValueError('bad')", "retries": left, "traceback": told, "task_id": job_id}
            self.client.hset(results, job_id, pickled("huey.utils", "Error", (noted,)))
        if state == "failed":
            return
        later = state in ("scheduled", "retrying")
        at = more.get("at", self.now() + 600)
        due = datetime.fromtimestamp(at, UTC).replace(tzinfo=None) if later else None
        fields = (job_id, type, due, left, 0, None, (), data, *[None] * 7)
        task = pickled("huey.registry", "Message", fields)
        if later:
            self.client.zadd(f"huey.schedule.{queue}", {task: at})
        else:
            (self.client.rpush if more["first"] else self.client.lpush)(f"huey.redis.{queue}", task)

    def narrowing(self, narrowing: dict[str, Any]) -> dict[str, Any]:
        if narrowing.get("args") or any(word.startswith("args.") for word, _ in narrowing.get("excluded", ())):
            pytest.skip(NO_ARGUMENTS)
        return super().narrowing(narrowing)

    def waiting(self, queue: str) -> list[str]:
        jobs = self._adapter._product.page(queue, "pending", limit=1_000).items
        return [job.id for job in jobs]

    def remove(self, queue: str, job_id: str) -> None:
        self._adapter._product.discard(queue, job_id)
