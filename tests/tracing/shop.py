"""An application that traces with the real SDK, into the file SPANS; as a program it orders something.

The SDK sends nothing by itself before an hour has passed: what is in the file was flushed at the end of a process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

from queue_core import App, Release, context

provider = TracerProvider()
exporter = ConsoleSpanExporter(
    out=Path(os.environ["SPANS"]).open("a", encoding="utf-8"),  # noqa: SIM115 - open as long as the process
    formatter=lambda span: f"{span.to_json(indent=None)}\n",
)
provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=3_600_000))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("shop")
app = App(os.environ["REDIS_URL"])


@app.job(max_retries=1, backoff=0.01)
def charge(order: int) -> None:
    with tracer.start_as_current_span("ask the bank", attributes={"order": order}):
        if order == 13:
            raise RuntimeError("no funds")


@app.job
async def mail(order: int) -> None:
    with tracer.start_as_current_span("ask the mail server", attributes={"order": order}):
        pass


@app.job
def give_back_once(order: int) -> None:
    if context.current().job.attempt == 1 and app.client.set(f"gave:{order}", 1, nx=True):
        raise Release


def order(*words: str) -> None:
    """Enqueue what is named, below one span."""
    with tracer.start_as_current_span("checkout"):
        if "charge" in words:
            charge.enqueue(7)
        if "fail" in words:
            charge.enqueue(13)
        if "mail" in words:
            mail.enqueue(7)
        if "release" in words:
            give_back_once.enqueue(7)
        if "own" in words:
            app.queue().enqueue("charge", {"order": 7}, trace=f"00-{'a' * 32}-{'b' * 16}-01")
        if "many" in words:
            app.queue().enqueue_many([{"type": "charge", "data": {"order": 7}} for _ in range(3)])


if __name__ == "__main__":
    order(*sys.argv[1:])
    if "untraced" in sys.argv:
        charge.enqueue(7)
