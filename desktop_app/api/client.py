"""The whole API of one server as the rest of the program sees it."""

from __future__ import annotations

from desktop_app.api.analytics import Analytics
from desktop_app.api.audit import Audit
from desktop_app.api.auth import Auth
from desktop_app.api.companies import Companies
from desktop_app.api.evaluations import Evaluations
from desktop_app.api.files import Files
from desktop_app.api.health import Health
from desktop_app.api.imports import Imports
from desktop_app.api.projects import Projects
from desktop_app.api.templates import Templates
from desktop_app.api.transport import FixedToken, Transport
from desktop_app.api.users import Users


class ApiClient:
    """Contract v1 of one server, one attribute per resource; callable from several threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.auth = Auth(transport)
        self.users = Users(transport)
        self.companies = Companies(transport)
        self.templates = Templates(transport)
        self.projects = Projects(transport)
        self.evaluations = Evaluations(transport)
        self.files = Files(transport)
        self.imports = Imports(transport)
        self.audit = Audit(transport)
        self.analytics = Analytics(transport)
        self.health = Health(transport)

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at the end."""
        return self._transport.base_url

    def sign_with(self, access_token: str) -> None:
        """Send this token from now on; it is not renewed. For a short visit without a session."""
        self._transport.credentials = FixedToken(access_token)

    def close(self) -> None:
        """End all connections; to be called once nothing more is asked."""
        self._transport.close()
