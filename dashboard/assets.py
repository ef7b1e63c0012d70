"""Templates and static files: where they lie, in a checkout and in the wheel, and their addresses with a hash."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, send_from_directory, url_for

blueprint = Blueprint("assets", __name__)
_FOREVER = "public, max-age=31536000, immutable"
_FIRST = {"css": ("layers.css", "tokens.css"), "js": ()}
_HOLDS = {"templates": "layouts", "static": "vendor", "translations": "de"}
_MIMETYPES = {"css": "text/css", "js": "text/javascript"}


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
def release() -> str:
    """A hash of all static files, so that any change gives every file a new address."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder("static").rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder("static")).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def bundle(kind: str) -> str:
    """All style sheets (`css`) or all scripts of ours (`js`) as one file; a new file joins by being there."""
    first = [folder("static") / kind / name for name in _FIRST[kind]]
    others = [path for path in sorted((folder("static") / kind).glob(f"*.{kind}")) if path not in first]
    return "\n".join(path.read_text(encoding="utf-8") for path in (*first, *others))


def static_url(name: str) -> str:
    """Address of a static file, good for ever; `css/app.css` and `js/app.js` are the bundles."""
    return url_for("assets.static", release_hash=release(), name=name)


@blueprint.get("/static/<release_hash>/<path:name>", endpoint="static")
def static_file(release_hash: str, name: str) -> Response:
    """One file. An address of another release is answered too, but must not be kept."""
    kind = {"css/app.css": "css", "js/app.js": "js"}.get(name)
    if kind:
        response = Response(bundle(kind), mimetype=_MIMETYPES[kind])
        response.set_etag(release())
        response.make_conditional(request)
    elif "\\" in name:
        abort(404)
    else:
        response = send_from_directory(folder("static"), name, etag=release())
    response.headers["Cache-Control"] = _FOREVER if release_hash == release() else "no-cache"
    return response


def register(app: Flask) -> None:
    """Serve the files and give templates `static_url`."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["static_url"] = static_url
