"""Who asks."""

from pydantic import BaseModel


class Viewer(BaseModel, frozen=True):
    """Who makes a request and what they may see.

    ``projects`` are the ids of the projects that they can read; None means all of the organization.
    """

    user: str
    organization_id: str
    projects: tuple[str, ...] | None = None

    def reads(self, project_id: str | None) -> bool:
        """Whether what lies in this project (None: in the organization itself) is visible."""
        return self.projects is None or project_id is None or project_id in self.projects
