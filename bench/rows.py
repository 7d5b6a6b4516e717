"""What the service writes of a world's artifacts and runs, as rows of the bench's statements."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.world import SECOND, World, at, id_of, since
from graph_api.models import metadata, search
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.entity import Kind, list_key, name_key

BATCH = 10_000
BY = "bench"

Row = dict[str, Any]


@dataclass
class Batch:
    """Things of neighbouring numbers, to be written in this order."""

    runs: list[Row] = field(default_factory=list[Row])
    artifacts: list[Row] = field(default_factory=list[Row])
    uses: list[Row] = field(default_factory=list[Row])


def batches(world: World, collections: Sequence[ArtifactCollection]) -> Iterator[Batch]:
    """All of a world, in order, in one project; the collections get their versions in turns."""
    project_id = collections[0].project_id
    versions = Counter[str]()
    runs = 0
    batch = Batch()
    for number, maker in enumerate(world.makers):
        if (used := world.used.get(number)) is not None:
            runs += 1
            row = _run(number, runs, project_id)
            batch.runs.append(row)
            ids = [id_of("artifact", one) for one in used]
            batch.uses.append({"run": row["id"], "used": ids})
        else:
            collection = collections[number % len(collections)]
            index = versions[collection.id]
            versions[collection.id] += 1
            batch.artifacts.append(_artifact(number, maker, index, collection))
        if number % BATCH == BATCH - 1:
            yield batch
            batch = Batch()
    yield batch


def _run(number: int, count: int, project_id: str) -> Row:
    id, name = id_of("run", number), f"run-{count}"
    key = id.rpartition("_")[2]
    parameters = {"rate": number % 97 / 1_000, "seed": number, "solver": "adam"}
    return {
        **_common("Run", id, number, project_id, name=name, key=key),
        "list_key": list_key(project_id, id),
        "name_key": name_key(project_id, name, id),
        "key": key,
        "number": count,
        "name": name,
        "status": "COMPLETED",
        "ended_at": at(number) + 60 * SECOND,
        **_flat("metadata", "meta", {"host": f"node-{number % 40}"}),
        **_flat("parameters", "parameter", parameters),
    }


def _artifact(number: int, maker: int | None, index: int, collection: ArtifactCollection) -> Row:
    id, project_id, version = id_of("artifact", number), collection.project_id, f"v{index}"
    digest = hashlib.sha256(id.encode()).hexdigest()
    texts = {"collection": collection.name, "version": version, "digest": digest}
    return {
        **_common("Artifact", id, number, project_id, **texts),
        "collection_id": collection.id,
        "state": "COMMITTED",
        "index": index,
        "version": version,
        "digest": digest,
        "size": number * 48_271 % 2_147_483_647,
        "file_count": 1 + number % 5,
        "committed_at": at(number),
        # As cypher/artifact/commit.cypher writes the two.
        "list_key": f"{project_id}|{since(number):016}",
        "collection_key": f"{collection.id}|{index:010}",
        "name": collection.name,
        "type": collection.type,
        "name_key": f"{project_id}|{collection.name}\t{index:010}",
        "run_id": None if maker is None else id_of("run", maker),
        "aliases": list[str](),
        "tags": list[str](),
        "deduplicate": True,
        "system_metadata": "{}",
        **_flat("metadata", "meta", {"rows": number % 9_973, "source": f"s-{number % 25}"}),
    }


def _common(kind: Kind, id: str, number: int, project_id: str, **texts: str) -> Row:
    found_by = search.Texts.model_validate(
        {"id": id, "kind": kind, "project_id": project_id, **texts}
    )
    return {
        "id": id,
        "project_id": project_id,
        "created_at": at(number),
        "created_by": BY,
        "updated_at": at(number),
        "updated_by": BY,
        "since": since(number),
        "named_since": since(number),
        "search": search.document(found_by),
    }


def _flat(property: str, prefix: str, values: dict[str, Any]) -> Row:
    text = metadata.canonical(values, 100, 1 << 10)
    return {property: text, **metadata.flattened(values, prefix)}
