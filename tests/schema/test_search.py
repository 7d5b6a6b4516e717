"""Search over GraphQL."""

import pytest

from tests.schema.conftest import Api
from tests.schema.test_queries import logged

pytestmark = pytest.mark.no_bytes

SEARCH = """
query ($text: String!, $kinds: [EntityKind!], $project: String, $first: Int, $after: String) {
  search(text: $text, kinds: $kinds, project: $project, first: $first, after: $after) {
    edges { cursor node { matched entity { __typename id label } } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""


async def test_a_search_answers_entities_of_every_kind_in_pages(api: Api) -> None:
    version = await logged(api, "digits-svm", aliases=["best"])
    made = await api.mutate(
        "createModel", "... on ModelPayload { model { id } }", project="digits", name="svm"
    )

    with api.statements() as statements:
        first = (await api.data(SEARCH, text="SVM", first=2))["search"]
    second = (await api.data(SEARCH, text="SVM", after=first["pageInfo"]["endCursor"]))["search"]

    assert [edge["node"]["entity"] for edge in first["edges"]][:1] == [
        {"__typename": "Model", "id": made["model"]["id"], "label": "svm"}
    ]
    assert [edge["node"]["entity"]["__typename"] for edge in first["edges"]] == [
        "Model",
        "ArtifactCollection",
    ]
    assert [edge["node"] for edge in second["edges"]] == [
        {
            "matched": ["COLLECTION"],
            "entity": {"__typename": "Artifact", "id": version["id"], "label": "digits-svm:v0"},
        }
    ]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    assert statements == ["search/hits", "entity/by_ids"]


async def test_kinds_and_a_project_narrow_a_search(api: Api) -> None:
    version = await logged(api, "digits-svm", aliases=["best"])

    only = (await api.data(SEARCH, text="svm", kinds=["ARTIFACT"], project="digits"))["search"]
    none = (await api.data(SEARCH, text="svm", kinds=["RUN", "ORGANIZATION"]))["search"]
    missing = await api.errors(SEARCH, text="svm", project="letters")

    assert [edge["node"]["entity"]["id"] for edge in only["edges"]] == [version["id"]]
    assert none["edges"] == []
    assert missing == [("NOT_FOUND", "The organization has no Project named 'letters'.")]


async def test_what_no_search_can_find_is_empty_and_what_is_too_long_is_refused(api: Api) -> None:
    empty = (await api.data(SEARCH, text='" OR (*'))["search"]
    long = await api.errors(SEARCH, text="x" * 10_000)
    cursor = await api.errors(SEARCH, text="x", after="nonsense")

    assert empty == {
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "endCursor": None},
    }
    assert long == [
        ("SEARCH_TOO_LONG", "The text to search for has 10,000 characters; at most 1,000 go.")
    ]
    assert [code for code, _ in cursor] == ["BAD_USER_INPUT"]
