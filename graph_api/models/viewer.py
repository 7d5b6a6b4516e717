"""Who asks, and what they may do."""

from typing import Literal

from pydantic import BaseModel

from graph_api.errors import Forbidden

Scope = Literal["read", "write", "admin"]
"""What a right allows within a project; each includes the ones before it."""


class Viewer(BaseModel, frozen=True):
    """Who makes a request, and the ids of the projects in which they may do what.

    ``projects`` are those that they can read; None means all of the organization, and the
    organization itself. ``writable`` are some of these, None: all; ``administered`` are some of
    the writable, None: all.
    """

    user: str
    organization_id: str
    projects: tuple[str, ...] | None = None
    writable: tuple[str, ...] | None = None
    administered: tuple[str, ...] | None = None
    key: str | None = None
    """The id of the key that they came by."""

    def reads(self, project_id: str | None) -> bool:
        """Whether what lies in this project (None: in the organization itself) is visible."""
        return self.projects is None or project_id is None or project_id in self.projects

    def written(self) -> tuple[str, ...] | None:
        """The projects that they can write to; None means all, and that they can make some."""
        return self.projects if self.writable is None else self.writable

    def managed(self) -> tuple[str, ...] | None:
        """The projects that they can administer; None means all."""
        return self.written() if self.administered is None else self.administered

    def manages(self, project_id: str) -> bool:
        """Whether they can administer this project."""
        projects = self.managed()
        return projects is None or project_id in projects

    def require(self, scope: Scope, project_id: str | None) -> None:
        """Forbidden where they may not do so in this project (None: in the organization itself)."""
        projects = {"read": self.projects, "write": self.written(), "admin": self.managed()}[scope]
        if projects is not None and project_id not in projects:
            raise Forbidden(scope, project_id)
