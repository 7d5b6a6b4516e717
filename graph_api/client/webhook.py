"""Webhooks: addresses that the service tells what happens, until they take it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graph_api.client.entity import Entity
from graph_api.client.errors import NotFound
from graph_api.client.records import moment

if TYPE_CHECKING:
    from graph_api.client.client import Client

_FIELDS = (
    "id url events subject { id } direction enabled seq status error { code message } "
    "failingSince deliveredAt createdAt createdBy updatedAt updatedBy"
)
_OF_PROJECT = f"""\
query ($project: String!, $first: Int, $after: String) {{
  project(name: $project) {{
    webhooks(first: $first, after: $after) {{
      nodes {{ {_FIELDS} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}"""
_READ = f"query ($id: ID!) {{ webhook(id: $id) {{ {_FIELDS} }} }}"


@dataclass(frozen=True)
class Webhook:
    """An address that is told what happens; docs/webhooks.md says what comes there."""

    id: str
    url: str
    events: tuple[str, ...]
    """As messages call them: ``alias.moved``."""
    of: str | None
    """Id of the entity that ``entity.changed`` and ``lineage.changed`` are about."""
    direction: str | None
    enabled: bool
    seq: int
    """All events up to this place in the ledger were taken."""
    status: int | None
    """The HTTP status of the last answer."""
    error: str | None
    """Why the last event was not taken; None where it was."""
    error_code: str | None
    failing_since: datetime | None
    delivered_at: datetime | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    client: "Client" = field(repr=False, compare=False)
    secret: str | None = field(default=None, repr=False, compare=False)
    """What its messages are verified by: known where it has just been made, nowhere else."""

    @classmethod
    def made(
        cls, client: "Client", data: Mapping[str, Any], secret: str | None = None
    ) -> "Webhook":
        subject: Mapping[str, str] = data["subject"] or {}
        error: Mapping[str, str] = data["error"] or {}
        failing, delivered = data["failingSince"], data["deliveredAt"]
        return cls(
            id=data["id"],
            url=data["url"],
            events=tuple(_told(event) for event in data["events"]),
            of=subject.get("id"),
            direction=data["direction"],
            enabled=data["enabled"],
            seq=int(data["seq"]),
            status=data["status"],
            error=error.get("message"),
            error_code=error.get("code"),
            failing_since=moment(failing) if failing else None,
            delivered_at=moment(delivered) if delivered else None,
            created_at=moment(data["createdAt"]),
            created_by=data["createdBy"],
            updated_at=moment(data["updatedAt"]),
            updated_by=data["updatedBy"],
            client=client,
            secret=secret,
        )

    def read(self) -> "Webhook":
        """The webhook as it is now."""
        return self.client.webhooks.get(self.id)

    def update(
        self,
        url: str | None = None,
        events: Sequence[str] | None = None,
        *,
        of: "str | Entity | None" = None,
        direction: str | None = None,
        enabled: bool | None = None,
    ) -> "Webhook":
        """Change what is given, and have tried at once what was not taken; the webhook then.

        ``of`` and ``direction`` belong to ``events``. From then on it tells what you may see.
        """
        input = {"id": self.id, "url": url, "enabled": enabled} | _asked(events, of, direction)
        return self._changed("updateWebhook", input)

    def replay(self, after: int) -> "Webhook":
        """Tell again all behind a ``seq``, or leave out what lies before it."""
        return self._changed("replayWebhook", {"id": self.id, "after": after})

    def rotate_secret(self) -> "Webhook":
        """Sign with a new secret, which it then has; for a day the one before signs, too."""
        return _secret(self.client, "rotateWebhookSecret", {"id": self.id})

    def delete(self) -> bool:
        """Tell nothing any more: True."""
        api = self.client.api
        api.mutate("deleteWebhook", "DeletedWebhookPayload", "webhook", {"id": self.id})
        return True

    def _changed(self, verb: str, input: Mapping[str, Any]) -> "Webhook":
        selection = f"webhook {{ {_FIELDS} }}"
        answer = self.client.api.mutate(verb, "WebhookPayload", selection, input)
        return Webhook.made(self.client, answer["webhook"])


class Webhooks:
    """The webhooks of the client's project, or of another one, the oldest first."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def create(
        self,
        url: str,
        events: Sequence[str],
        *,
        of: str | Entity | None = None,
        direction: str | None = None,
        project: str | None = None,
    ) -> Webhook:
        """Have an address told what happens from now on; the webhook, with its secret.

        ``events`` are ``artifact.committed``, ``artifact.deleted``, ``artifact.restored``,
        ``artifact.withdrawn``, ``alias.moved`` and ``stage.changed`` of the project, and
        ``entity.changed`` and ``lineage.changed`` of an entity, ``of`` (an id, or a thing). It
        takes the right to administer the project. If the answer is lost, look whether it was made.
        """
        input = {"project": self._client.named_project(project), "url": url}
        return _secret(self._client, "createWebhook", input | _asked(events, of, direction))

    def get(self, id: str) -> Webhook:
        """The webhook of that id; NotFound if there is none."""
        data = self._client.execute(_READ, {"id": id})["webhook"]
        if data is None:
            raise NotFound(f"The service has no webhook {id!r}.")
        return Webhook.made(self._client, data)

    def list(self, *, project: str | None = None) -> Iterator[Webhook]:
        """All of a project, page by page as you go."""
        variables = {"project": self._client.named_project(project)}
        for page in self._client.api.pages(_OF_PROJECT, variables, "project", "webhooks"):
            yield from (Webhook.made(self._client, node) for node in page["nodes"])

    def __iter__(self) -> Iterator[Webhook]:
        return self.list()


def _secret(client: "Client", verb: str, input: Mapping[str, Any]) -> Webhook:
    selection = f"secret webhook {{ {_FIELDS} }}"
    answer = client.api.mutate(verb, "WebhookSecretPayload", selection, input)
    return Webhook.made(client, answer["webhook"], answer["secret"])


def _asked(
    events: Sequence[str] | None, of: str | Entity | None, direction: str | None
) -> dict[str, Any]:
    return {
        "events": events and [event.replace(".", "_").upper() for event in events],
        "of": of.id if isinstance(of, Entity) else of,
        "direction": direction,
    }


def _told(event: str) -> str:
    return event.lower().replace("_", ".")
