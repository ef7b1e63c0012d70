"""What every area of the API shares: its place and its errors."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.exceptions import HTTPException

from dashboard.adapters.contract import AdapterError
from dashboard.api import problems

PREFIX = "/api/v1"


def area(name: str) -> Blueprint:
    """A blueprint under `/api/v1` whose errors are problem documents."""
    blueprint = Blueprint(f"api_{name}", __name__, url_prefix=PREFIX)
    blueprint.register_error_handler(AdapterError, problems.of_adapter_error)
    blueprint.register_error_handler(HTTPException, problems.of_http_error)
    return blueprint
