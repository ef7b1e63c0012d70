"""The text of a traceback tells which error it was and where; nothing in it can break the reading."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.adapters.mirrored import tracebacks


def printed(action: str) -> str:
    try:
        exec(compile(action, "/app/shop/pay.py", "exec"), {})
    except Exception:
        return traceback.format_exc()
    raise AssertionError("nothing failed")


def test_type_message_and_frames_are_read() -> None:
    told = tracebacks.parse(printed("def pay(n):\n    raise ValueError(f'bad {n}')\npay(7)"))
    assert (told.type, told.message) == ("ValueError", "bad 7")
    assert [(frame.path, frame.function, frame.own) for frame in told.frames[-2:]] == [
        ("/app/shop/pay.py", "<module>", True),
        ("/app/shop/pay.py", "pay", True),
    ]


def test_frames_of_the_product_and_of_libraries_are_not_the_jobs_own() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/venv/lib/python3.11/site-packages/rq/worker.py", line 1, in perform\n    job.perform()\n'
        '  File "/app/jobs.py", line 9, in send\n    connect()\n'
        "shop.errors.Refused: no route to host\n"
    )
    told = tracebacks.parse(text)
    assert [(frame.path, frame.own) for frame in told.frames] == [("rq/worker.py", False), ("/app/jobs.py", True)]
    assert told.type == "shop.errors.Refused"


def test_a_folder_of_the_application_may_be_called_like_the_product() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/app/celery/tasks.py", line 9, in send\n    connect()\n'
        "ValueError: bad\n"
    )
    assert [(frame.path, frame.own) for frame in tracebacks.parse(text).frames] == [("/app/celery/tasks.py", True)]


def test_a_chain_ends_with_the_error_that_was_raised_last() -> None:
    told = tracebacks.parse(
        printed("try:\n    {}['total']\nexcept KeyError as e:\n    raise ValueError('bad order') from e")
    )
    assert (told.type, told.message) == ("ValueError", "bad order")
    assert [(cause.type, cause.direct) for cause in told.causes] == [("KeyError", True)]


def test_a_message_of_several_lines_stays_whole() -> None:
    told = tracebacks.parse(printed("raise RuntimeError('first\\nsecond')"))
    assert told.message == "first\nsecond"


def test_the_same_error_with_other_values_is_the_same_group() -> None:
    def group(number: int, line: int) -> str:
        told = tracebacks.parse(
            printed("\n" * line + f"def pay():\n    raise ValueError('order {number} is bad')\npay()")
        )
        return tracebacks.fingerprint("pay", told.type, told.message, told.frames)

    assert group(1, 0) == group(22, 3)
    told = tracebacks.parse(printed("def charge():\n    raise ValueError('order 1 is bad')\ncharge()"))
    assert group(1, 0) != tracebacks.fingerprint("pay", told.type, told.message, told.frames)


@pytest.mark.parametrize(
    "text", ["", "\n", "no traceback", "Traceback (most recent call last):", '  File "', "x" * 10**6]
)
def test_what_is_no_traceback_has_no_frames(text: str) -> None:
    assert tracebacks.parse(text).frames == ()


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    told = tracebacks.parse(text)
    tracebacks.fingerprint("t", told.type, told.message, told.frames)


JAVASCRIPT = """TypeError: Cannot read properties of undefined (reading 'total')
second line
    at charge (/app/shop/pay.js:12:9)
    at new Order (file:///app/shop/order.mjs:3:1)
    at async Promise.all (index 0)
    at /app/shop/run.js:4:2
    at async Worker.processJob (/app/node_modules/bullmq/dist/cjs/classes/worker.js:455:28)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"""

RUBY = """ActiveRecord::RecordNotFound: Couldn't find User
/app/jobs/mail.rb:7:in `perform'
/var/lib/gems/3.1.0/gems/sidekiq-7.3.0/lib/sidekiq/processor.rb:220:in 'block in Sidekiq::Processor#process'"""


def test_a_stack_of_javascript_is_read_with_its_outermost_frame_first() -> None:
    told = tracebacks.parse(JAVASCRIPT)
    assert told.type == "TypeError"
    assert told.message == "Cannot read properties of undefined (reading 'total')\nsecond line"
    assert [(frame.path, frame.line, frame.function, frame.own) for frame in told.frames] == [
        ("node:internal/process/task_queues", 95, "process.processTicksAndRejections", False),
        ("bullmq/dist/cjs/classes/worker.js", 455, "Worker.processJob", False),
        ("/app/shop/run.js", 4, "<anonymous>", True),
        ("/app/shop/order.mjs", 3, "new Order", True),
        ("/app/shop/pay.js", 12, "charge", True),
    ]


def test_a_backtrace_of_ruby_is_read_with_its_outermost_frame_first() -> None:
    told = tracebacks.parse(RUBY)
    assert (told.type, told.message) == ("ActiveRecord::RecordNotFound", "Couldn't find User")
    assert [(frame.path, frame.line, frame.function, frame.own) for frame in told.frames] == [
        ("sidekiq-7.3.0/lib/sidekiq/processor.rb", 220, "block in Sidekiq::Processor#process", False),
        ("/app/jobs/mail.rb", 7, "perform", True),
    ]


@pytest.mark.parametrize("line", ["    at " + "(" * 1_900, "    at " + "a:" * 900, "x" * 1_000 + ":1" * 400 + ":in `"])
def test_lines_made_to_be_slow_are_read_quickly(line: str) -> None:
    assert tracebacks.parse("\n".join([line] * 100)).frames == ()
