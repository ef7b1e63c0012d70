"""A job as the Python call that would enqueue it again, and as commands for the API."""

from __future__ import annotations

import pprint
import shlex
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from dashboard.adapters.contract import Job
from dashboard.redaction import HIDDEN

_NAME = "HIDDEN"
_WIDTH = 100


class _Hidden:
    """Stands for a hidden value: it is written as a name, so that the call fails until it is replaced."""

    def __repr__(self) -> str:
        return _NAME


def python_call(job: Job) -> str:
    """Python source. Hidden values become the undefined name HIDDEN, and a comment says where they are."""
    if job.payload.undecodable:
        return f"# Its arguments cannot be written as Python: {_in_one_line(job.payload.undecodable)}.\n"
    hidden = list(_hidden("", job.payload.data)) if job.payload.redacted else []
    data = _marked(job.payload.data) if hidden else job.payload.data
    arguments = [repr(job.type), pprint.pformat(data, width=_WIDTH, compact=True, sort_dicts=False)]
    if job.priority:
        arguments.append(f"priority={job.priority}")
    called = f"app.queue({job.queue!r}).enqueue"
    call = f"{called}({', '.join(arguments)})"
    if len(call) > _WIDTH or "\n" in call:
        lines = "".join(f"{indent(each, '    ')},\n" for each in arguments)
        call = f"{called}(\n{lines})"
    return f"{_comment(hidden)}{call}\n"


def curl_commands(address: str) -> str:
    """How to see, requeue and purge a job with curl.

    Args:
        address: of the job in the API, whole.
    """
    return (
        f"curl -s {shlex.quote(address)}\n"
        f"curl -s -X POST {shlex.quote(address + '/requeue')}\n"
        f"curl -s -X DELETE {shlex.quote(address)}\n"
    )


def _comment(hidden: list[str]) -> str:
    if not hidden:
        return ""
    places = _in_one_line(", ".join(hidden[:20])) + (", …" if len(hidden) > 20 else "")
    return f"# {_NAME} stands for {'a value' if len(hidden) == 1 else 'values'} that cannot be shown: {places}\n"


def _hidden(path: str, value: Any) -> Iterator[str]:
    if value == HIDDEN:
        yield path
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _hidden(f"{path}.{name}" if path else str(name), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _hidden(f"{path}[{index}]", item)


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _marked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return _Hidden() if value == HIDDEN else value


def _in_one_line(text: str) -> str:
    """Text that cannot end a comment."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
