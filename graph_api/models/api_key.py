"""API keys: who may come in, until when, and what they may do."""

from collections.abc import Sequence
from itertools import chain

from pydantic import BaseModel

from graph_api.models.instant import Instant
from graph_api.models.viewer import Scope, Viewer

# Secret scanners know a key by it.
PREFIX = "graph-api_"


class Grant(BaseModel, frozen=True):
    """A scope in one project."""

    project_id: str
    project: str
    """Its name."""
    scope: Scope


class ApiKey(BaseModel, frozen=True):
    """A key, without its secret: of that only the SHA-256 is kept."""

    id: str
    user: str
    """Whom its writes are attributed to. Keys of one user share what that user has uploaded."""
    scope: Scope | None
    """What it may do in every project, in those that are made later, too."""
    grants: tuple[Grant, ...]
    """What it may do beyond that in single projects."""
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None

    def viewer(self, organization_id: str) -> Viewer:
        """Who comes in by it."""
        return Viewer(
            user=self.user,
            organization_id=organization_id,
            projects=self._projects("read", "write", "admin"),
            writable=self._projects("write", "admin"),
            administered=self._projects("admin"),
            key=self.id,
        )

    def _projects(self, *scopes: Scope) -> tuple[str, ...] | None:
        if self.scope in scopes:
            return None
        return tuple(grant.project_id for grant in self.grants if grant.scope in scopes)

    def says(self) -> str:
        """What it grants, for people."""
        everywhere: Sequence[str] = [f"{self.scope} everywhere"] if self.scope else []
        single = (f"{grant.scope} {grant.project}" for grant in self.grants)
        return ", ".join(chain(everywhere, single))


class Made(BaseModel, frozen=True):
    """A new key and its secret, which is nowhere else."""

    id: str
    secret: str
