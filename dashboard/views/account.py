"""The own account: who is signed in, and another password."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import visitor
from dashboard.adapters.contract import InvalidRequest
from dashboard.auth import cookie, passwords
from dashboard.auth.identity import Identity
from dashboard.language import gettext
from dashboard.views.sign_in import too_many
from dashboard.web import Toast, changed, render, services

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
def index() -> ResponseReturnValue:
    """Name, role, and the form; where nobody signs in there is no account."""
    return _page() if visitor.signed_in() else redirect(url_for("settings.index"), 303)


@blueprint.post("/account")
def change() -> ResponseReturnValue:
    """Set another password; every other session of the user ends."""
    user = visitor.signed_in()
    if user is None:
        return redirect(url_for("settings.index"), 303)
    try:
        session_id = _changed(user)
    except _NotChanged as refused:
        return _page(refused)
    done = Toast(gettext("Changed the password."), gettext("All other sessions are signed out"))
    response = cast("Response", changed(done, url_for("account.index")))
    cookie.put(response, request, services().settings, session_id)
    return response


class _NotChanged(Exception):
    """Why the password stays as it is; `field` has to be corrected."""

    def __init__(self, problem: str, field: str = "", status: int = 422) -> None:
        super().__init__(problem)
        self.field = field
        self.status = status


def _changed(user: Identity) -> str:
    """Id of the session that this browser has from now on. Raises _NotChanged."""
    bundle, form = services(), request.form
    if form.get("new", "") != form.get("again", ""):
        raise _NotChanged(gettext("The new password was not typed the same way twice. Nothing was changed."), "new")
    present, new, address = form.get("current", ""), form.get("new", ""), request.remote_addr or ""
    try:
        attempt = bundle.auth.change_password(
            user.name, present, new, address, cookie.session_id(request, bundle.settings)
        )
    except InvalidRequest as error:
        raise _NotChanged(gettext("%(why)s. Nothing was changed.", why=str(error)), "new") from error
    except passwords.TooBusy as error:
        busy = gettext("Too many people sign in at this moment. Try again in a minute.")
        raise _NotChanged(busy, status=503) from error
    if attempt.wait:
        raise _NotChanged(too_many(attempt.wait), "current", 429)
    if not attempt.session_id:
        raise _NotChanged(gettext("The present password is another one. Nothing was changed."), "current")
    return attempt.session_id


def _page(refused: _NotChanged | None = None) -> Response:
    return render(
        "account/page.html", status=refused.status if refused else 200, user=visitor.signed_in(),
        wrong=refused.field if refused else "", problem=str(refused or ""), shortest=passwords.SHORTEST,
    )  # fmt: skip
