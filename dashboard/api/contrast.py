"""`/dead/groups/FP/contrast`: what a group's arguments have in common that those of succeeded jobs have not."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, jsonify

from dashboard.adapters.contract import UnknownGroup
from dashboard.api import arguments, wire
from dashboard.api.blueprints import area
from dashboard.contrast import words
from dashboard.contrast.comparison import Row
from dashboard.contrast.facts import Fact
from dashboard.web import services

blueprint = area("contrast")
NARROWING = ("source", "queue", "since", "until")


@blueprint.get("/dead/groups/<fingerprint>/contrast")
def contrast(fingerprint: str) -> Response:
    """Compare at most 200 dead letters of a group with at most 200 succeeded jobs of their type."""
    arguments.allow(*NARROWING)
    bundle = services()
    found = bundle.samples.contrast(arguments.selector(bundle.clock()).narrowed(fingerprint=fingerprint))
    if found.verdict == "no group":
        raise UnknownGroup(f"no dead letter has the fingerprint {fingerprint[:64]} here, or no longer")
    return jsonify(
        {
            "fingerprint": fingerprint,
            "type": found.type,
            "verdict": found.verdict,
            "failed": asdict(found.failed),
            "succeeded": asdict(found.succeeded),
            "other_types": found.other_types,
            "tried": found.comparison.tried,
            "as_of": wire.moment(found.as_of),
            "rows": [_row(row) for row in found.comparison.rows],
        }
    )


def _row(row: Row) -> wire.JSON:
    return {
        **_fact(row.fact),
        "failed": row.failed,
        "succeeded": row.succeeded,
        "failed_share": round(row.failed_share, 4),
        "succeeded_share": round(row.succeeded_share, 4),
        "chance": row.chance,
        "also": [_fact(fact) for fact in row.also],
    }


def _fact(fact: Fact) -> wire.JSON:
    return {"path": fact.path, "kind": fact.kind.name.lower(), "value": fact.value or None, "words": words.words(fact)}
