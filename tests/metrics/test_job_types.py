"""The job type is a label only when asked for, and capped."""

from __future__ import annotations

from dashboard.settings import MetricsSettings
from tests.background import Jobs
from tests.metrics.conftest import client_of, samples, value

QUEUE = {"source": "main", "queue": "mail"}
ATTEMPTS, JOBS = "redrive_job_type_attempts_total", "redrive_job_type_jobs"


def ran(url: str, *types: str) -> Jobs:
    """A queue that ran jobs of some types one after the other."""
    jobs = Jobs(url)
    for type_ in types:
        jobs.pending(1, type_)
        jobs.run("s")
    return jobs


def test_types_are_no_label_unless_asked_for(redis_url: str) -> None:
    ran(redis_url, "send")
    assert [each.name for each in samples(client_of(redis_url)) if "type" in each.labels] == []


def test_attempts_and_jobs_are_told_by_type(redis_url: str) -> None:
    jobs = ran(redis_url, "send", "send")
    jobs.pending(2, "report")
    jobs.run("p", most=1)
    client = client_of(redis_url, metrics=MetricsSettings(job_types=True))
    assert value(client, ATTEMPTS, **QUEUE, type="send", outcome="succeeded") == 2
    assert value(client, ATTEMPTS, **QUEUE, type="send", outcome="failed") == 0
    assert value(client, ATTEMPTS, **QUEUE, type="report", outcome="failed") == 1
    assert value(client, JOBS, **QUEUE, type="report", state="pending") == 1
    assert value(client, JOBS, **QUEUE, type="report", state="failed") == 1
    assert value(client, JOBS, **QUEUE, type="send", state="succeeded") == 2


def test_types_beyond_the_cap_are_summed_as_other_and_no_counter_steps_back(redis_url: str) -> None:
    jobs = ran(redis_url, "one", "two", "three", "four")
    client = client_of(redis_url, metrics=MetricsSettings(job_types=True, most_job_types=2))

    def attempts() -> dict[str, float]:
        client.application.extensions["redrive"].sources.forget()
        found = (each for each in samples(client) if each.name == ATTEMPTS and each.labels["outcome"] == "succeeded")
        return {each.labels["type"]: each.value for each in found}

    assert attempts() == {"one": 1, "two": 1, "other": 2}
    jobs.pending(5, "four")
    jobs.run("s")
    assert attempts() == {"one": 1, "two": 1, "other": 7}


def test_the_types_with_the_most_jobs_are_told_apart(redis_url: str) -> None:
    jobs = Jobs(redis_url)
    for type_, count in (("few", 1), ("many", 5), ("some", 3), ("fewest", 1)):
        jobs.pending(count, type_)
    client = client_of(redis_url, metrics=MetricsSettings(job_types=True, most_job_types=2))
    found = {each.labels["type"]: each.value for each in samples(client) if each.name == JOBS}
    assert found == {"many": 5, "some": 3, "other": 2}


def test_a_type_that_is_called_other_joins_the_others(redis_url: str) -> None:
    ran(redis_url, "other", "two", "three")
    client = client_of(redis_url, metrics=MetricsSettings(job_types=True, most_job_types=1))
    assert value(client, ATTEMPTS, **QUEUE, type="other", outcome="succeeded") == 3


def test_a_type_may_have_any_name(redis_url: str) -> None:
    ran(redis_url, 'a"b\\c\nd|e')
    client = client_of(redis_url, metrics=MetricsSettings(job_types=True))
    assert value(client, ATTEMPTS, **QUEUE, type='a"b\\c\nd|e', outcome="succeeded") == 1
