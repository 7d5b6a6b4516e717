"""Links that together close a cycle, made at once through two workers: never all of them."""

import asyncio
from collections.abc import Callable

import pytest

from graph_api.graph import Graph, Nothing, Query
from tests.environment import environment
from tests.proof.conftest import Api
from tests.services.graphs import Picture
from tests.services.test_cycles import SHAPES, Links

TRIALS = 200 if environment.deep else 4
PAYLOAD = "... on LinkPayload { link { role } } ... on CycleError { path }"
# Whichever holds the bytes: these read the graph alone.
pytestmark = pytest.mark.parametrize("service", ["folder"], indirect=True)
# What the entities of a picture lack to be shown.
COMPLETE = Query(
    "tests/complete",
    """
    CREATE (c:ArtifactCollection:Entity {
      id: $scope, project_id: $scope, name: 'a', type: 'dataset', metadata: '{}', created_at: 0,
      created_by: 'ada'
    })
    WITH c
    UNWIND range(0, size($ids) - 1) AS place
    MATCH (n:Entity {id: $ids[place]})
    SET n += {
      project_id: $scope, name: n.id, metadata: '{}', created_at: 0, created_by: 'ada',
      updated_at: 0, key: n.id, number: place, status: 'RUNNING', parameters: '{}',
      collection_id: $scope, version: n.id, state: 'COMMITTED', tags: []
    }
    CREATE (n)-[:VERSION_OF]->(c)
    """,
    Nothing,
)


@pytest.mark.parametrize("shape", SHAPES)
async def test_of_links_through_two_workers_that_close_a_cycle_one_is_refused(
    apis: list[Api], shared: Graph, shape: Callable[[Picture], Links]
) -> None:
    for trial in range(TRIALS):
        picture = Picture()
        links = shape(picture)
        await picture.write(shared)
        ids = [node.id for node in picture.nodes]
        await shared.write(COMPLETE, ids=ids, scope=picture.organization_id)

        answers = await asyncio.gather(
            *(
                apis[(trial + place) % 2].mutate(
                    "link", PAYLOAD, {"source": source, "target": target, "role": "teacher"}
                )
                for place, (source, target) in enumerate(links)
            )
        )

        kinds = sorted(answer["__typename"] for answer in answers)
        assert kinds == ["CycleError"] + ["LinkPayload"] * (len(links) - 1)
        (refused,) = (answer["path"] for answer in answers if "path" in answer)
        number = [answer["__typename"] for answer in answers].index("CycleError")
        assert tuple(refused[:2]) == links[number]
        assert refused[-1] == refused[0]
        await picture.erase(shared)
