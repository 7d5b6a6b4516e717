"""What a query answers, over HTTP."""

from typing import Any

import pytest

from graph_api.schema.artifact import Artifact
from graph_api.schema.entity import Entity
from tests.schema.conftest import Api

LOGGED = "... on CommitPayload { created artifact { id label version aliases } }"


async def logged(api: Api, name: str, content: str = "aGVsbG8=", **input: Any) -> Any:
    """A version of one small file."""
    result = await api.mutate(
        "logArtifact",
        LOGGED,
        **{
            "project": "digits",
            "name": name,
            "type": "dataset",
            "files": [{"path": "a.txt", "content": content}],
            **input,
        },
    )
    return result["artifact"]


async def test_the_organization_is_there_from_the_first_request(api: Api) -> None:
    data = await api.data("{ organization { name kind label projects { nodes { id } } } }")

    assert data == {
        "organization": {
            "name": "default",
            "kind": "ORGANIZATION",
            "label": "default",
            "projects": {"nodes": []},
        }
    }


async def test_everything_is_read_by_id_and_by_name(api: Api) -> None:
    for create, field in [
        ("createExperiment", "experiment"),
        ("createModel", "model"),
        ("createDataset", "dataset"),
    ]:
        made: Any = await api.mutate(
            create,
            f"... on {field.title()}Payload {{ {field} {{ id name metadata }} }}",
            project="digits",
            name="x",
            metadata={"k": [1]},
        )
        id: str = made[field]["id"]
        by_name = await api.data(
            f'{{ {field}(project: "digits", name: "x") {{ id name metadata }} }}'
        )
        by_id = await api.data(
            f"query ($id: ID!) {{ {field}(id: $id) {{ id name metadata }} }}", id=id
        )
        expected = {field: {"id": id, "name": "x", "metadata": {"k": [1]}}}
        assert (by_name, by_id) == (expected, expected)


async def test_what_is_not_there_is_null(api: Api) -> None:
    data = await api.data(
        """{ project(name: "no") { id } artifact(project: "no", name: "a") { id }
        run(id: "run_01h455vb4pex5vsknk084sn02q") { id } node(id: "nonsense") { id }
        model(project: "no", name: "m") { id } nodes(ids: ["x", "y"]) { id } }"""
    )

    assert data == {
        "project": None,
        "artifact": None,
        "run": None,
        "node": None,
        "model": None,
        "nodes": [None, None],
    }


async def test_an_id_of_another_kind_says_so(api: Api) -> None:
    assert await api.errors('{ run(id: "model_01h455vb4pex5vsknk084sn02q") { id } }') == [
        (
            "WRONG_KIND",
            "'model_01h455vb4pex5vsknk084sn02q' is an id of kind Model; "
            "this takes one of kind Run.",
        )
    ]


async def test_a_list_of_an_unknown_project_says_so(api: Api) -> None:
    assert await api.errors('{ runs(project: "no") { nodes { id } } }') == [
        ("NOT_FOUND", "The organization has no Project named 'no'.")
    ]


async def test_a_version_is_found_by_version_alias_and_latest(api: Api) -> None:
    first = await logged(api, "data", aliases=["best"])
    second = await logged(api, "data", content="dHdv")

    data = await api.data(
        """{ v: artifact(project: "digits", name: "data", version: "v0") { id aliases }
        a: artifact(project: "digits", name: "data", version: "best") { id }
        l: artifact(project: "digits", name: "data") { id aliases }
        n: artifact(project: "digits", name: "data", version: "v9") { id } }"""
    )

    assert data == {
        "v": {"id": first["id"], "aliases": ["best"]},
        "a": {"id": first["id"]},
        "l": {"id": second["id"], "aliases": ["latest"]},
        "n": None,
    }


async def test_lists_page_by_cursors(api: Api) -> None:
    made = [(await logged(api, f"data-{n}"))["id"] for n in range(5)]
    query = """query ($after: String) { artifacts(project: "digits", first: 2, after: $after) {
      nodes { id } edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    seen: list[str] = []
    after = None
    pages: list[tuple[bool, bool]] = []
    while True:
        page = (await api.data(query, after=after))["artifacts"]
        seen += [node["id"] for node in page["nodes"]]
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        pages.append((page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]))
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]

    assert seen == made
    assert pages == [(False, True), (True, True), (True, False)]


async def test_a_page_has_a_size_and_a_cursor_that_was_given_out(api: Api) -> None:
    await logged(api, "data")

    assert await api.errors('{ artifacts(project: "digits", first: 1001) { nodes { id } } }') == [
        ("BAD_USER_INPUT", "first is 1001; a page has 0 to 1,000 items.")
    ]
    assert await api.errors('{ artifacts(project: "digits", after: "é") { nodes { id } } }') == [
        ("BAD_USER_INPUT", "'é' is no cursor; take one from pageInfo or an edge.")
    ]


async def test_a_syntax_error_has_a_code(api: Api) -> None:
    (error,) = await api.errors("{ nope }")

    assert error[0] == "BAD_USER_INPUT"


async def test_ends_of_links_of_different_kinds_are_loaded_together(api: Api) -> None:
    first, second = await logged(api, "one"), await logged(api, "two")
    made = await api.data(
        """mutation { createModel(input: {project: "digits", name: "m"}) {
          ... on ModelPayload { model { id } } } }"""
    )
    for target in (second["id"], made["createModel"]["model"]["id"]):
        await api.data(
            """mutation ($source: ID!, $target: ID!) {
              link(input: {source: $source, target: $target, role: "r"}) { __typename } }""",
            source=first["id"],
            target=target,
        )

    with api.statements() as statements:
        await api.data(
            """query ($id: ID!) { artifact(id: $id) { links { nodes {
            source { project { name } }
            target { project { name } kind usedBy { nodes { name } } } } } } }""",
            id=first["id"],
        )

    assert sorted(statements) == [
        "edge/consumers",
        "edge/links_out",
        "entity/by_ids",
        "entity/by_ids",
    ]


async def test_what_is_only_read_of_many_is_answered_without_an_object_for_each(api: Api) -> None:
    for n in range(3):
        await logged(api, f"data-{n}")
    document = """{ artifacts(project: "digits") { nodes { name label
      usedBy { edges { cursor node { name } } } links { nodes { role } }
      producers { nodes { logged { edges { node { entity { id } } } } } } } } }"""
    made: list[type] = []

    def counted(of: type[Entity], fields: dict[str, Any]) -> Entity:
        made.append(of)
        return make(of, fields)

    make = Entity.made.__func__  # pyright: ignore[reportFunctionMemberAccess]  # of a class method
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Entity, "made", classmethod(counted))
        data = await api.data(document)
        assert made == [Artifact] * 3
        assert data == await api.data(document)
    assert [it["label"] for it in data["artifacts"]["nodes"]] == [f"data-{n}:v0" for n in range(3)]


async def test_a_selection_of_many_costs_one_statement_a_field(api: Api) -> None:
    for n in range(6):
        await logged(api, f"data-{n}", aliases=["best"])
    with api.statements() as statements:
        await api.data(
            """{ artifacts(project: "digits") { nodes {
            label aliases collection { name } project { name } loggedBy { name }
            usedBy { nodes { name } } } } }"""
        )

    assert sorted(statements) == [
        "alias/by_artifacts",
        "artifact/latest",
        "edge/consumers",
        "edge/first_producers",
        "entity/by_ids",
        "entity/list",
        "project/scope",
    ]
