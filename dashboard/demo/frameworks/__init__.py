"""Sample jobs of other products in the demo's Redis: real RQ and Celery workers, and what keeps them busy."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from dashboard.processes import Child

NEEDED = ("rq", "celery")


def missing() -> list[str]:
    """Which of the products are not installed."""
    return [name for name in NEEDED if find_spec(name) is None]


def sources(url: str) -> tuple[dict[str, Any], ...]:
    """The sources that show them."""
    return ({"name": "rq", "kind": "rq", "url": url}, {"name": "celery", "kind": "celery", "url": url})


def children(url: str, seed: int, fail_rate: float) -> list[Child]:
    """Their workers, and the producer of their jobs."""
    return [
        Child("RQ worker", _run_rq, (url,)),
        Child("Celery worker", _run_celery, (url,)),
        Child("producer of RQ jobs and Celery tasks", _produce, (url, seed, fail_rate)),
    ]


def _run_rq(url: str) -> None:
    from dashboard.demo.frameworks.exports_worker import run  # noqa: PLC0415 - in the child; RQ is optional

    run(url)


def _run_celery(url: str) -> None:
    from dashboard.demo.frameworks.invoices import run  # noqa: PLC0415 - in the child; Celery is optional

    run(url)


def _produce(url: str, seed: int, fail_rate: float) -> None:
    from dashboard.demo.frameworks.producer import produce  # noqa: PLC0415 - in the child; both are optional

    produce(url, seed, fail_rate)
