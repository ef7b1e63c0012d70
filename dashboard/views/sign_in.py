"""Signing in with a name and a password, and out again."""

from __future__ import annotations

import math

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import visitor
from dashboard.adapters.contract import AdapterError
from dashboard.auth import cookie
from dashboard.auth.passwords import TooBusy
from dashboard.guard import CHALLENGE
from dashboard.language import gettext, ngettext
from dashboard.own_address import is_own
from dashboard.web import VARY, services

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/login")
def show() -> ResponseReturnValue:
    """The form; who is signed in already, or has not to be, goes on."""
    if visitor.identity():
        return redirect(_next(), 303)
    return _form()


@blueprint.post("/login")
def enter() -> ResponseReturnValue:
    """Open a session and go on to the address that was asked for."""
    bundle, name, password = services(), request.form.get("name", "").strip(), request.form.get("password", "")
    if not bundle.auth.required:
        return redirect(_next(), 303)
    before = cookie.session_id(request, bundle.settings)
    try:
        attempt = bundle.auth.sign_in(name, password, request.remote_addr or "", replaces=before)
    except TooBusy:
        busy = gettext("Too many people sign in at this moment. Try again in a minute.")
        return _form(503, busy, retry_after=60)
    except AdapterError:
        return _form(503, gettext("Redis does not answer, or takes no writes. Sign-in works again as soon as it does."))
    if attempt.wait:
        return _form(429, too_many(attempt.wait), retry_after=math.ceil(attempt.wait))
    if not attempt.session_id:
        return _form(401, gettext("Wrong name or password."))
    response = redirect(_next(), 303)
    cookie.put(response, request, bundle.settings, attempt.session_id)
    return response


@blueprint.post("/logout")
def leave() -> ResponseReturnValue:
    """End the session of this browser."""
    bundle = services()
    if visitor.signed_in():
        bundle.auth.sign_out(cookie.session_id(request, bundle.settings))
    response = redirect(url_for("sign_in.show", signed_out=1), 303)
    cookie.drop(response, request, bundle.settings)
    return response


def too_many(wait: float) -> str:
    """That there were too many failures, and when to try again; `wait` is in seconds."""
    again = ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", math.ceil(wait / 60))
    return " ".join((gettext("Too many failed attempts."), again))


def _form(status: int = 200, problem: str = "", *, retry_after: int = 0) -> Response:
    try:
        nobody = services().auth.users.count() == 0
    except AdapterError:
        nobody, problem = False, problem or gettext("Redis does not answer. Sign-in works again as soon as it does.")
    body = render_template(
        "sign_in/page.html", problem=problem, wrong=status == 401, nobody=nobody, next=_next(),
        name=request.form.get("name", "").strip()[:100], signed_out="signed_out" in request.args and not problem,
    )  # fmt: skip
    response = Response(body, status, mimetype="text/html")
    response.headers["Vary"] = VARY
    response.headers["Cache-Control"] = "no-store"
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _next() -> str:
    """Where to go on; what leads away from this dashboard, or back to the form, is the overview."""
    address = request.form.get("next") or request.args.get("next", "")
    home = url_for("overview.index")
    form = url_for("sign_in.show")
    return address if is_own(address, request.script_root) and not address.startswith(form) else home
