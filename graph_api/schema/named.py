"""What entities with a name of their own share in the schema."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.scalars import JSON

from graph_api.models.table import Column
from graph_api.schema.entity import Entity
from graph_api.schema.idempotency import Repeatable
from graph_api.schema.scalars import json_object


@strawberry.interface(description="An entity with a name, and words about it.")
class Named(Entity):
    name: str = strawberry.field(description="Its name.")
    description: str | None = strawberry.field(description="What it is, in Markdown.")
    metadata: JSON = strawberry.field(description="What its makers noted: a JSON object.")

    @classmethod
    def known(cls, columns: Mapping[str, Column]) -> dict[str, Column]:
        """As of any entity; it is called by its name."""
        known = super().known(columns)
        if "name" in known:
            known["label"] = known["name"]
        return known


@strawberry.interface(description="A name that artifacts come under.")
class Lockable(Named):
    read_only: bool = strawberry.field(
        description="Whether nothing in it changes: neither versions, aliases, stages and links, "
        "nor words."
    )


@strawberry.input(description="An entity to create under a name.")
class NewNamed(Repeatable):
    name: str = strawberry.field(
        description="Its name: at most 100 characters, without `/`, `:` and control characters."
    )
    description: str | None = strawberry.field(default=None, description="What it is, in Markdown.")
    metadata: JSON | None = strawberry.field(default=None, description="A JSON object.")
    exists_ok: bool = strawberry.field(
        default=False, description="Whether one of this name is the answer, as it is."
    )

    def described(self) -> dict[str, Any]:
        return {
            "description": self.description,
            "metadata": json_object(self.metadata, "metadata"),
            "exists_ok": self.exists_ok,
            "call": self.call(),
        }


@strawberry.input(description="What to change of an entity; what is left out stays.")
class Changes:
    id: strawberry.ID = strawberry.field(description="Its id.")
    name: str | None = strawberry.field(default=None, description="Its new name.")
    description: str | None = strawberry.field(
        default=None, description="Its new description; an empty one removes it."
    )
    metadata: JSON | None = strawberry.field(
        default=None, description="The JSON object that replaces its metadata."
    )

    def described(self) -> dict[str, Any]:
        metadata = None if self.metadata is None else json_object(self.metadata, "metadata")
        return {"name": self.name, "description": self.description, "metadata": metadata}
