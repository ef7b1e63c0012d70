"""The one place that writes messages for workers: a malformed one stops them, so each is checked."""

from __future__ import annotations

import base64
import json
import socket
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from dashboard.adapters.contract import InvalidRequest
from dashboard.language import N_

UNFIT = N_("these arguments cannot be sent: they are not JSON, or larger than 1 MB")
MOST_BYTES = 1_048_576
MOST_NAME = 1_000
REPR_CHARACTERS = 1_024


@dataclass(frozen=True, slots=True)
class Call:
    """A task that is to be run.

    root, parent: ids of the tasks from which it came, empty when it came from none.
    """

    task: str
    id: str
    args: list[Any]
    kwargs: dict[str, Any]
    root: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message that a worker can run, with its delivery tag."""

    message: bytes
    tag: str


def checked(data: Any) -> tuple[list[Any], dict[str, Any]]:
    """Arguments as someone edited them.

    Raises:
        InvalidRequest: they are not of the form `{"args": […], "kwargs": {…}}`.
    """
    fits = isinstance(data, dict) and set(data) <= {"args", "kwargs"}
    args, kwargs = (data.get("args", []), data.get("kwargs", {})) if fits else (None, None)
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise InvalidRequest(N_('arguments of a Celery task have the form {"args": […], "kwargs": {…}}'))
    return args, kwargs


def envelope(call: Call, queue: str) -> Envelope:
    """The message that runs a task.

    Raises:
        InvalidRequest: a worker could not run it.
    """
    for name in (call.task, call.id, queue):
        if not name or len(name) > MOST_NAME:
            raise InvalidRequest(UNFIT)
    args, kwargs = checked({"args": call.args, "kwargs": call.kwargs})
    tag = str(uuid4())
    body = _dumped([args, kwargs, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}])
    return Envelope(
        _dumped(
            {
                "body": base64.b64encode(body).decode(),
                "content-encoding": "utf-8",
                "content-type": "application/json",
                "headers": _headers(call, args, kwargs),
                "properties": {
                    "correlation_id": call.id,
                    "delivery_mode": 2,
                    "delivery_info": {"exchange": "", "routing_key": queue},
                    "priority": 0,
                    "body_encoding": "base64",
                    "delivery_tag": tag,
                },
            }
        ),
        tag,
    )


def _headers(call: Call, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "lang": "py",
        "task": call.task,
        "id": call.id,
        "shadow": None,
        "eta": None,
        "expires": None,
        "group": None,
        "group_index": None,
        "retries": 0,
        "timelimit": [None, None],
        "root_id": call.root or call.id,
        "parent_id": call.parent or None,
        "argsrepr": repr(tuple(args))[:REPR_CHARACTERS],
        "kwargsrepr": repr(kwargs)[:REPR_CHARACTERS],
        "origin": f"redrive@{socket.gethostname()}",
        "ignore_result": False,
        "replaced_task_nesting": 0,
        "stamped_headers": None,
        "stamps": {},
    }


def _dumped(value: Any) -> bytes:
    try:
        made = json.dumps(value).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(UNFIT) from error
    if len(made) > MOST_BYTES:
        raise InvalidRequest(UNFIT)
    return made


def command(
    method: str, arguments: dict[str, Any], *, ticket: str, asker: str, exchange: str, answers: str,
    destination: list[str] | None, expires: float,
) -> bytes:  # fmt: skip
    """A control command for workers, and where they send what they answer.

    Args:
        ticket: comes back with each answer. asker: names the list of answers.
        exchange: of commands. answers: exchange of what is answered.
        destination: workers that are meant, None for all. expires: unix seconds after which it is ignored.
    """
    body = _dumped(
        {
            "method": method,
            "arguments": arguments,
            "destination": destination,
            "pattern": None,
            "matcher": None,
            "ticket": ticket,
            "reply_to": {"exchange": answers, "routing_key": asker},
        }
    )
    return _dumped(
        {
            "body": base64.b64encode(body).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"clock": 1, "expires": expires},
            "properties": {
                "delivery_mode": 2,
                "delivery_info": {"exchange": exchange, "routing_key": ""},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid4()),
            },
        }
    )
