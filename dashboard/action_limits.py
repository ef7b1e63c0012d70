"""What can be done to jobs only in part or not at all, in words with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.adapters.contract import Action, Exactness, Offer
from dashboard.language import N_, gettext

_PARTLY: Mapping[Action, str] = {
    Action.REQUEUE: N_("A requeue is best effort."),
    Action.PURGE: N_("A purge is best effort."),
    Action.CANCEL: N_("Cancelling is best effort."),
    Action.EDIT: N_("Editing is best effort."),
    Action.RESTORE: N_("A restore is best effort."),
    Action.UNDO: N_("Taking the requeue back is best effort."),
}
_NOT: Mapping[Action, str] = {
    Action.REQUEUE: N_("It cannot be requeued."),
    Action.PURGE: N_("It cannot be purged."),
    Action.CANCEL: N_("It cannot be cancelled."),
    Action.EDIT: N_("Its arguments cannot be edited."),
    Action.RESTORE: N_("It cannot be restored."),
    Action.UNDO: N_("Its requeue cannot be taken back."),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """One action that is not exact: what holds for it, why, and whether it is not possible at all."""

    title: str
    reason: str
    impossible: bool


def limits(offers: Iterable[Offer], *, but: Iterable[Action] = ()) -> list[Limit]:
    """Of some offers, those that are not exact, impossible ones first, each reason once; `but` are said elsewhere."""
    inexact = [offer for offer in offers if offer.exactness != Exactness.EXACT and offer.action not in but]
    found: dict[tuple[Exactness, str], Limit] = {}
    for offer in inexact:
        found.setdefault((offer.exactness, offer.reason), _limit(offer))
    return sorted(found.values(), key=lambda limit: not limit.impossible)


def reason(offers: Iterable[Offer], action: Action) -> str:
    """Why one action is not exact, as a sentence; empty when it is or is not offered."""
    return next((sentence(offer.reason) for offer in offers if offer.action == action), "")


def sentence(text: str) -> str:
    """A reason in the reader's language, as a sentence."""
    words = gettext(text) if text else ""
    return words if not words else f"{words[0].upper()}{words[1:]}{'' if words.endswith(('.', '。')) else '.'}"


def _limit(offer: Offer) -> Limit:
    impossible = offer.exactness == Exactness.IMPOSSIBLE
    return Limit(gettext((_NOT if impossible else _PARTLY)[offer.action]), sentence(offer.reason), impossible)
