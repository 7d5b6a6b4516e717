"""How the client finds entities by their names, and lists them."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from graph_api.client.as_of import AsOf, said
from graph_api.client.errors import NotFound
from graph_api.client.records import ARTIFACT
from graph_api.client.reference import is_id, parse

if TYPE_CHECKING:
    from graph_api.client.client import Client


def one(
    client: "Client", kind: str, selection: str, name: str, project: str | None, by: str = "name"
) -> dict[str, Any]:
    """The entity of a name in a project, or of an id; NotFound if there is none."""
    by_id = is_id(name)
    document = (
        f"query ($id: ID, $project: String, ${by}: String) {{ "
        f"{kind}(id: $id, project: $project, {by}: ${by}) {{ {selection} }} }}"
    )
    variables = {"id": name} if by_id else {"project": client.named_project(project), by: name}
    data = client.execute(document, variables)[kind]
    if data is None:
        within = "The service" if by_id else f"Project {variables['project']!r}"
        noun = re.sub("[A-Z]", lambda sign: f" {sign[0].lower()}", kind)
        raise NotFound(f"{within} has no {noun} {name!r}.")
    return data


def named_artifact(client: "Client", reference: str, as_of: AsOf | None = None) -> dict[str, Any]:
    """The version that a reference named as of a moment; NotFound if there is none."""
    if is_id(reference):
        variables, within = {"id": reference}, "The service"
    else:
        named = parse(reference)
        project = client.named_project(named.project)
        variables = {"project": project, "name": named.name, "version": named.version}
        within = f"Project {project!r}"
    document = (
        "query ($id: ID, $project: String, $name: String, $version: String, $asOf: AsOf) { "
        "artifact(id: $id, project: $project, name: $name, version: $version, asOf: $asOf) { "
        f"{ARTIFACT} }} }}"
    )
    data = client.execute(document, {**variables, "asOf": said(as_of)})["artifact"]
    if data is None:
        raise NotFound(f"{within} has no artifact {reference!r}.")
    return data


def listed(
    client: "Client",
    list: str,
    type: str,
    selection: str,
    own: str,
    within: str | None,
    where: Mapping[str, Any] | None,
    order_by: Mapping[str, str] | None,
    project: str | None,
) -> Iterator[dict[str, Any]]:
    """The entities of a list of a project, page by page; ``own`` are arguments of that list."""
    document = (
        f"query ($project: String!, $within: String, $where: {type}, $order: OrderBy, "
        f"$first: Int, $after: String) {{ {list}(project: $project, {own}, "
        "where: $where, orderBy: $order, first: $first, after: $after) { "
        f"nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )
    variables = {
        "project": client.named_project(project),
        "within": within,
        "where": where,
        "order": order_by,
    }
    for page in client.api.pages(document, variables, list):
        yield from page["nodes"]
