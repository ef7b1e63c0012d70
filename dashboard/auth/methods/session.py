"""The session that was opened at sign-in; its id comes in a cookie."""

from __future__ import annotations

from werkzeug.wrappers import Request

from dashboard.auth import cookie
from dashboard.auth.authentication import Authentication
from dashboard.auth.identity import Identity
from dashboard.auth.permission import SAFE_METHODS
from dashboard.auth.sessions import Sessions, csrf_token
from dashboard.settings import Settings

KIND = "session"
MODES = frozenset({"users"})


def create(authentication: Authentication) -> BySession:
    """Make the method."""
    return BySession(authentication.sessions, authentication.settings)


class BySession:
    """Recognises users by the cookie of their session."""

    def __init__(self, sessions: Sessions, settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings

    def identify(self, request: Request) -> Identity | None:
        """The user whose session it is. Looking goes on for a while when the store does not answer, acting does not."""
        session_id = cookie.session_id(request, self._settings)
        session = self._sessions.read(session_id, even_if_unavailable=request.method in SAFE_METHODS)
        if session is None:
            return None
        return Identity(session.name, session.role, KIND, csrf_token(session_id))
