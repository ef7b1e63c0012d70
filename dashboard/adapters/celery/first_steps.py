"""The first task of a Celery source: an application, a call that sends it, and a worker."""

from __future__ import annotations

import json

from dashboard.adapters.first_steps import FirstStep
from dashboard.language import N_

_TASKS = """\
from celery import Celery

app = Celery("tasks", broker={url}, backend={url})
app.conf.result_extended = True{prefix}

@app.task
def send_email(to):
    print("Sending to", to)
"""
_PREFIX = """
app.conf.broker_transport_options = {options}
app.conf.result_backend_transport_options = {options}"""


def first_steps(url: str, namespace: str = "") -> tuple[FirstStep, ...]:
    """What to do in an application.

    Args:
        url: of the source, its password hidden.
        namespace: its `global_keyprefix`.
    """
    prefix = _PREFIX.format(options=json.dumps({"global_keyprefix": namespace})) if namespace else ""
    return (
        FirstStep(N_("Install the library where your application runs"), "pip install 'celery[redis]'"),
        FirstStep(N_("Save this as %(file)s"), _TASKS.format(url=json.dumps(url), prefix=prefix), "tasks.py"),
        FirstStep(
            N_("Enqueue the first job"),
            "python -c \"from tasks import send_email; send_email.delay('user@example.com')\"",
        ),
        FirstStep(N_("Start a worker, which runs it"), "celery -A tasks worker"),
    )
