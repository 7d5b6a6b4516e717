"""The statuses of the newest draft of GraphQL over HTTP, which a setting chooses."""

import pytest

from graph_api.graph import Graph
from graph_api.settings import Settings
from tests.test_app import serving, until_ready

WRONG = '{ organization { name } run(id: "model_01h455vb4pex5vsknk084sn02q") { id } }'


@pytest.mark.parametrize(
    ("query", "status", "newest"),
    [
        ("{ __typename }", 200, 200),
        ("{", 400, 422),
        ("{ nothing }", 400, 422),
        (WRONG, 200, 294),
    ],
)
async def test_the_newest_draft_tells_what_is_no_document_and_what_is_a_part(
    graph: Graph, neo4j: Settings, query: str, status: int, newest: int
) -> None:
    for chosen, expected in ((False, status), (True, newest)):
        settings = neo4j.model_copy(update={"newest_statuses": chosen})
        async with serving(settings) as http:
            await until_ready(http)
            for accept, wanted in (
                ("application/graphql-response+json", expected),
                ("application/json", 200),
            ):
                response = await http.post(
                    "/graphql", json={"query": query}, headers={"accept": accept}
                )
                assert response.status_code == wanted
                assert ("data" in response.json()) == (expected not in (400, 422))
