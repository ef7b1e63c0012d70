"""Templates and static files: where they lie, in a checkout and in the wheel, and their addresses with a hash."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request

from dashboard import script_words
from dashboard.static_files import ENCODINGS, TYPES, StaticFiles

blueprint = Blueprint("assets", __name__)
_FOREVER = "public, max-age=31536000, immutable"
_HOLDS = {"templates": "layouts", "static": "vendor", "translations": "de"}


@cache
def folder(name: str) -> Path:
    """The folder `templates`, `static` or `translations`: beside the package in a checkout, inside it in the wheel.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).parent
    for candidate in (package.parent / name, package / name):
        if (candidate / _HOLDS[name]).is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name!r} is missing; install redrive again")


@cache
def files() -> StaticFiles:
    """The static files of this process."""
    return StaticFiles(folder("static"), script_words.written(folder("static") / "js", folder("translations")))


@cache
def release() -> str:
    """A hash of all static files, so that any change gives every file a new address."""
    digest = hashlib.sha256()
    for name in files().names():
        digest.update(name.encode())
        digest.update(files().body(name) or b"")
    return digest.hexdigest()[:12]


def static_url(name: str) -> str:
    """Address of a static file, good for ever; `css/app.css` and `js/app.js` are the bundles."""
    return f"{request.script_root}/static/{release()}/{name}"


@blueprint.get("/static/<release_hash>/<path:name>", endpoint="static")
def static_file(release_hash: str, name: str) -> Response:
    """One file, in the encoding the browser likes best. An address of another release is answered, but not kept."""
    body = files().body(name)
    if body is None:
        abort(404)
    encoding = request.accept_encodings.best_match(ENCODINGS)
    packed = files().packed(name, encoding) if encoding else None
    response = Response(body if packed is None else packed, mimetype=TYPES[name.rpartition(".")[2]])
    if packed is not None:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _FOREVER if release_hash == release() else "no-cache"
    response.set_etag(release() if packed is None else f"{release()}-{encoding}")
    response.make_conditional(request)
    return response


def register(app: Flask) -> None:
    """Serve the files and give templates `static_url`."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["static_url"] = static_url
