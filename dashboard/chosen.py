"""Which jobs a bulk form means. A form never means more than it says: what is not understood is refused."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from urllib.parse import quote, unquote

from werkzeug.datastructures import MultiDict

from dashboard import selectors
from dashboard.adapters.contract import Action, InvalidRequest, Selector, State
from dashboard.language import gettext, number

_FILTERS = selectors.PARAMETERS
_OTHERS = ("action", "scope", "group", "job", "id", "back", "plan_token", "reason", "csrf_token")
_MOST_TICKED = 1_000


def key(*parts: str) -> str:
    """Names as one form value: `main/billing/ID`, each part URL-encoded."""
    return "/".join(quote(part, safe="") for part in parts)


def unkey(text: str, parts: int) -> tuple[str, ...]:
    """The names of a form value. Raises InvalidRequest when there are not as many as needed."""
    names = tuple(unquote(part) for part in text.split("/"))
    if len(names) != parts or not all(names):
        raise InvalidRequest(
            gettext(
                "the selection %(text)s is not understood; load the page again and select anew", text=repr(text[:80])
            )
        )
    return names


def action(text: str) -> Action:
    """The bulk action a word names. Raises InvalidRequest."""
    allowed = (Action.REQUEUE, Action.PURGE, Action.RESTORE)
    if text not in allowed:
        raise InvalidRequest(
            gettext("action %(text)s: use one of %(known)s", text=repr(text[:40]), known=", ".join(allowed))
        )
    return Action(text)


def chosen(form: MultiDict[str, str], now: float) -> list[Selector]:
    """The selectors of a bulk form: ticked groups, ticked jobs, given ids, or everything that matches its filter.

    `scope=filter` means the filter; ticked groups are still narrowed by it; ticked jobs are meant as they are.

    Raises:
        InvalidRequest: a field is not known (a misspelt filter would widen the selection), a value is not
            understood, or nothing is selected.
    """
    if unknown := sorted(set(form) - {*_FILTERS, *_OTHERS}):
        raise InvalidRequest(
            gettext(
                "%(name)s is no filter; use %(known)s. Nothing was selected",
                name=repr(unknown[0][:60]), known=", ".join(_FILTERS),
            )
        )  # fmt: skip
    twice = [name for name in _FILTERS if len(set(form.getlist(name))) > 1]
    if twice:
        raise InvalidRequest(gettext("%(name)s is given twice; leave one out. Nothing was selected", name=twice[0]))
    usual = None if form.get("action") == Action.RESTORE else State.FAILED  # jobs of any state lie in the trash
    matching = selectors.parse(form, now, default_state=usual)
    if form.get("scope") == "filter":
        return [matching]
    ticked = [*_groups(form.getlist("group"), matching), *_jobs(form.getlist("job"))]
    if ids := tuple(dict.fromkeys(form.getlist("id"))):
        ticked.append(replace(matching, ids=_few(ids)))
    if ticked:
        return ticked
    if replace(matching, state=None) == Selector():
        raise InvalidRequest(gettext("nothing is selected: tick groups or jobs, or set a filter"))
    return [matching]


def _groups(keys: list[str], matching: Selector) -> list[Selector]:
    found = []
    for text in _few(tuple(dict.fromkeys(keys))):
        source, queue, fingerprint = unkey(text, 3)
        for name, value in (("source", source), ("queue", queue), ("fingerprint", fingerprint)):
            if getattr(matching, name) not in ("", value):
                raise InvalidRequest(
                    gettext("a selected group does not match the filter %(name)s; load the page again", name=name)
                )
        found.append(replace(matching, source=source, queue=queue, fingerprint=fingerprint))
    return found


def _jobs(keys: list[str]) -> list[Selector]:
    by_queue: dict[tuple[str, str], list[str]] = defaultdict(list)
    for text in _few(tuple(dict.fromkeys(keys))):
        source, queue, job_id = unkey(text, 3)
        by_queue[source, queue].append(job_id)
    return [Selector(source=s, queue=q, ids=tuple(ids)) for (s, q), ids in by_queue.items()]


def _few(keys: tuple[str, ...]) -> tuple[str, ...]:
    if len(keys) > _MOST_TICKED:
        raise InvalidRequest(
            gettext("at most %(num)s rows can be ticked; use a filter and “all matching”", num=number(_MOST_TICKED))
        )
    return keys
