"""The first job of a queue_core source: a declared function, a call that enqueues it, and a worker."""

from __future__ import annotations

import json

from dashboard.adapters.first_steps import FirstStep
from dashboard.language import N_

_TASKS = """\
from queue_core import App

app = App({arguments})

@app.job(queue="emails")
def send_email(to):
    print("Sending to", to)
"""
_ENQUEUE = """python -c "from tasks import send_email; send_email.enqueue(to='user@example.com')\""""


def first_steps(url: str, namespace: str = "") -> tuple[FirstStep, ...]:
    """What to do in an application.

    Args:
        url: of the source, its password hidden.
        namespace: prefix of its keys.
    """
    arguments = json.dumps(url) + (f", namespace={json.dumps(namespace)}" if namespace else "")
    return (
        FirstStep(N_("Install the library where your application runs"), "pip install redrive"),
        FirstStep(N_("Save this as %(file)s"), _TASKS.format(arguments=arguments), "tasks.py"),
        FirstStep(N_("Enqueue the first job"), _ENQUEUE),
        FirstStep(N_("Start a worker, which runs it"), "redrive worker tasks:app --queue emails"),
    )
