"""Search in the schema."""

from dataclasses import replace
from enum import Enum
from typing import Annotated

import strawberry

from graph_api.models.entity import Kind
from graph_api.models.page import Window
from graph_api.models.search import Hit
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import Entity, EntityKind
from graph_api.schema.scope import project_named
from graph_api.services import search


@strawberry.enum(description="Where something can be found.")
class SearchField(Enum):
    ID = strawberry.enum_value("id", description="The id.")
    DIGEST = strawberry.enum_value("digest", description="The digest of a version, or its start.")
    NAME = strawberry.enum_value("name", description="The name.")
    KEY = strawberry.enum_value("key", description="The key of a run.")
    VERSION = strawberry.enum_value("version", description="What a version is called.")
    ALIAS = strawberry.enum_value("alias", description="An alias of a version.")
    TAG = strawberry.enum_value("tag", description="A tag of a version.")
    COLLECTION = strawberry.enum_value(
        "collection", description="The name of the collection that a version is of."
    )
    DESCRIPTION = strawberry.enum_value("description", description="The description.")


@strawberry.type(description="Something that was found.")
class SearchHit:
    entity: Entity = strawberry.field(description="What was found.")
    matched: list[SearchField] = strawberry.field(description="Where words of the text were found.")


@strawberry.type
class SearchQueries:
    @strawberry.field(
        description="Entities that have every word of the text, whole or as a beginning, in their "
        "names, keys, versions, aliases, tags or descriptions, or whose id or digest (8 or more "
        "digits of it) the text is. Case, accents and punctuation do not count. The best first: "
        "the very id, digest or name, then words of names, then others; of equals, the newest. "
        "No more than the 50,000 best are found.",
        extensions=PAGED,
    )
    async def search(
        self,
        info: Info,
        window: Window,
        text: Annotated[
            str,
            strawberry.argument(
                description="Words, at most 1,000 characters and 32 words. No sign has a meaning "
                "of its own."
            ),
        ],
        kinds: Annotated[
            list[EntityKind] | None, strawberry.argument(description="Only these kinds.")
        ] = None,
        project: Annotated[
            str | None, strawberry.argument(description="Only in the project of this name.")
        ] = None,
    ) -> Connection[SearchHit]:
        from graph_api.schema.node import load_by_id

        graph, viewer = info.context.graph, info.context.viewer
        within = (await project_named(info, project)).id if project is not None else None
        wanted: list[Kind] | None = None if kinds is None else [kind.row for kind in kinds]
        page = await search.page(graph, viewer, text, wanted, within, window)
        found = await load_by_id(info, [hit.id for hit in page.items])
        there = [
            (hit, place)
            for hit, place in zip(page.items, page.places, strict=True)
            if hit.id in found
        ]
        left = replace(page, items=[hit for hit, _ in there], places=[place for _, place in there])

        def hit(row: Hit) -> SearchHit:
            fields = [SearchField(field) for field in row.matched]
            return SearchHit(entity=found[row.id], matched=fields)

        return Connection[SearchHit].of(left, [*map(hit, left.items)])
