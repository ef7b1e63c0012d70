"""Groups of dead letters, by error, message, job type, queue or fingerprint: the hundred with the most jobs."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from dashboard.adapters.contract import Selector
from dashboard.filters import class_name, shortened
from dashboard.language import gettext, number
from dashboard.palette.contract import Asked, Command

READ = 100


def entries(asked: Asked) -> Iterator[Command]:
    """One reading, whatever is typed."""
    if not asked.text:
        return
    for group in asked.services.sources.groups(Selector(), order="count", limit=READ).items:
        title = class_name(group.error_type) or group.reason or gettext("Unknown error")
        url = url_for("dead.group", fingerprint=group.fingerprint, source=group.source, queue=group.queue)
        where = gettext("%(num)s in %(queue)s", num=number(group.count), queue=group.queue)
        yield Command(
            gettext("Dead letters"),
            title,
            url,
            "mail-x",
            f"{where} · {shortened(group.message, 80)}",
            words=" ".join((group.type, group.fingerprint, group.error_type, gettext("error"))),
            weight=group.count,
        )
