"""Integrations: credentials by which the service signs URLs of what references name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graph_api.client.lookup import one
from graph_api.client.records import moment

if TYPE_CHECKING:
    from graph_api.client.client import Client

_FIELDS = "id name bucket prefix endpoint region accessKey createdAt createdBy updatedAt updatedBy"
_DELETED = "DeletedIntegrationPayload"
_OF_PROJECT = f"""\
query ($project: String!, $first: Int, $after: String) {{
  project(name: $project) {{
    integrations(first: $first, after: $after) {{
      nodes {{ {_FIELDS} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}"""


@dataclass(frozen=True)
class IntegrationOptions:
    """Where a credential of S3 leads, and what it is.

    ``prefix`` is a folder, ``scans/``; empty is all of the bucket. ``endpoint`` is the address of
    MinIO or another store, as downloading machines reach it; None is AWS's of the region.
    """

    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    """Of a key that may get objects and no more. The service encrypts it, and never shows it."""
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"

    def input(self) -> dict[str, str | None]:
        """The options as GraphQL takes them."""
        return {
            "bucket": self.bucket,
            "accessKey": self.access_key,
            "secretKey": self.secret_key,
            "prefix": self.prefix,
            "endpoint": self.endpoint,
            "region": self.region,
        }


@dataclass(frozen=True)
class Integration:
    """A stored credential of a project; its secret is known to the service alone."""

    id: str
    name: str
    bucket: str
    prefix: str
    endpoint: str
    region: str
    access_key: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    client: "Client" = field(repr=False, compare=False)

    @classmethod
    def of(cls, client: "Client", data: Mapping[str, Any]) -> "Integration":
        return cls(
            id=data["id"],
            name=data["name"],
            bucket=data["bucket"],
            prefix=data["prefix"],
            endpoint=data["endpoint"],
            region=data["region"],
            access_key=data["accessKey"],
            created_at=moment(data["createdAt"]),
            created_by=data["createdBy"],
            updated_at=moment(data["updatedAt"]),
            updated_by=data["updatedBy"],
            client=client,
        )

    def update(
        self, new_name: str | None = None, new_options: IntegrationOptions | None = None
    ) -> "Integration":
        """Give it another name, or other options, all of them; the integration as it is then."""
        input = {
            "id": self.id,
            "newName": new_name,
            "options": None if new_options is None else new_options.input(),
        }
        return _changed(self.client, "updateIntegration", input)

    def delete(self, sure: bool = False, really: bool = False) -> bool:
        """Remove it and its secret for good: True. Refused unless both words are said."""
        input = {"id": self.id, "sure": sure, "really": really}
        self.client.api.mutate("deleteIntegration", _DELETED, "integration", input)
        return True


class Integrations:
    """The integrations of the client's project, or of another one, by name."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def create(
        self, name: str, options: IntegrationOptions, *, project: str | None = None
    ) -> Integration:
        """Store a credential: whoever may read a version downloads by it what its references name.

        That are those of this project to ``s3://<bucket>/<prefix>…``, of which whoever may log a
        version can name any. It takes the right to administer the project.
        """
        input = {
            "project": self._client.named_project(project),
            "name": name,
            "options": options.input(),
        }
        return _changed(self._client, "createIntegration", input)

    def get(self, name: str, *, project: str | None = None) -> Integration:
        """The integration of that name or id; NotFound if there is none."""
        return Integration.of(
            self._client, one(self._client, "integration", _FIELDS, name, project)
        )

    def list(self, *, project: str | None = None) -> Iterator[Integration]:
        """All of a project, by name, page by page as you go."""
        variables = {"project": self._client.named_project(project)}
        for page in self._client.api.pages(_OF_PROJECT, variables, "project", "integrations"):
            yield from (Integration.of(self._client, node) for node in page["nodes"])

    def __iter__(self) -> Iterator[Integration]:
        return self.list()


def _changed(client: "Client", verb: str, input: Mapping[str, Any]) -> Integration:
    selection = f"integration {{ {_FIELDS} }}"
    answer = client.api.mutate(verb, "IntegrationPayload", selection, input)
    return Integration.of(client, answer["integration"])
