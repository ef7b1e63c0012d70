"""The delivery log: every message, those that were given up, each try, and sending again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import alert_words, channel_words, paging
from dashboard.alerts.deliveries import RESULTS
from dashboard.alerts.records import ChannelInfo
from dashboard.language import gettext, ngettext
from dashboard.once import once, shared_here
from dashboard.search.bar import address
from dashboard.services import Services
from dashboard.web import Toast, changed, notice, render, services

blueprint = Blueprint("deliveries", __name__)
for _name, _filter in channel_words.FILTERS.items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.get("/alerts/deliveries")
def index() -> ResponseReturnValue:
    """The newest first, of one channel and result when asked for."""
    bundle, query = services(), request.args
    result = _result(query.get("result", ""))
    channel, cursor = query.get("channel", "").strip()[:64], query.get("cursor", "")
    page = shared_here("deliveries", lambda: bundle.alerts.log.page(channel=channel, result=result, cursor=cursor))
    kept = {name: value for name, value in (("channel", channel), ("result", result)) if value}
    here = url_for("deliveries.index")
    return render(
        "deliveries/page.html", regions={"deliveries": "deliveries/_deliveries.html"}, deliveries=page.items,
        result=result, channel=channel, dead=once("dead deliveries", bundle.alerts.log.dead),
        channels=(known := _channels(bundle)),
        of_channel=[(name or gettext("All channels"), address(here, _with(kept, "channel", name)), name == channel)
                    for name in ("", *known)],
        tabs=[(words, address(here, _with(kept, "result", name)), name == result) for name, words in _tabs()],
        result_kind=alert_words.result_kind,
        **paging.links(lambda **place: address(here, kept | place), query, page.next_cursor),
    )  # fmt: skip


@blueprint.get("/alerts/deliveries/<delivery>")
def show(delivery: str) -> ResponseReturnValue:
    """One message with every try."""
    found = services().alerts.log.get(delivery[:64])
    return render("deliveries/one.html", regions={"delivery": "deliveries/_one.html"}, delivery=found,
                  here_full=url_for("deliveries.show", delivery=delivery), result_kind=alert_words.result_kind,
                  channel=_channels(services()).get(found.channel))  # fmt: skip


@blueprint.post("/alerts/deliveries/<delivery>/retry")
def retry(delivery: str) -> ResponseReturnValue:
    """Send one again that was given up."""
    found = services().alerts.log.retry(delivery[:64])
    text = gettext("Sending the message to %(channel)s again.", channel=found.channel)
    return changed(Toast(text), url_for("deliveries.show", delivery=delivery))


@blueprint.post("/alerts/deliveries/retry")
def retry_all() -> ResponseReturnValue:
    """Send all again that were given up."""
    count = services().alerts.log.retry_all()
    text = ngettext("Sending %(num)s message again.", "Sending %(num)s messages again.", count)
    return changed(Toast(text), url_for("deliveries.index"))


def _channels(bundle: Services) -> dict[str, ChannelInfo]:
    return {each.name: each for each in once("channels", bundle.channels.channels)}


def _result(text: str) -> str:
    """What is asked for; one that is not known is said, and all are shown."""
    if text and text not in RESULTS:
        notice(gettext("result %(name)s is not known, so all are shown.", name=repr(text[:20])))
    return text if text in RESULTS else ""


def _tabs() -> list[tuple[str, str]]:
    return [("", gettext("All")), *((name, alert_words.delivery_result(name)) for name in RESULTS)]


def _with(kept: dict[str, str], name: str, value: str) -> dict[str, Any]:
    return {**{key: old for key, old in kept.items() if key != name}, **({name: value} if value else {})}
