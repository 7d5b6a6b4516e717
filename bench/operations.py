"""The five operations, as each side is asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from bench.stored import PROJECT, Landmarks

_FIELDS = "id name version size"

_OURS = {
    "by_id": f"query ($id: ID!) {{ artifact(id: $id) {{ {_FIELDS} }} }}",
    "nested": f"""
query ($id: ID!, $runs: Int!) {{
  artifact(id: $id) {{
    {_FIELDS}
    usedBy(first: $runs) {{
      nodes {{
        id name status
        logged(first: 20) {{ nodes {{ entity {{ id ... on Artifact {{ name version size }} }} }} }}
      }}
    }}
  }}
}}""",
    "list": f"""
query ($project: String!) {{
  artifacts(project: $project, first: 500) {{ nodes {{ {_FIELDS} }} }}
}}""",
}
_NEO4J_GRAPHQL = {
    "by_id": f"query ($id: ID!) {{ artifacts(where: {{id: {{eq: $id}}}}) {{ {_FIELDS} }} }}",
    "nested": f"""
query ($id: ID!, $runs: Int!) {{
  artifacts(where: {{id: {{eq: $id}}}}) {{
    {_FIELDS}
    usedBy(limit: $runs, sort: [{{id: ASC}}]) {{
      id name status
      logged(limit: 20, sort: [{{id: ASC}}]) {{ {_FIELDS} }}
    }}
  }}
}}""",
    "list": f"""
query ($scope: String!) {{
  artifacts(where: {{list_key: {{startsWith: $scope}}}}, sort: [{{list_key: ASC}}], limit: 500) {{
    {_FIELDS}
  }}
}}""",
}


@dataclass(frozen=True)
class Operation:
    """What is asked, with each of these variables in turn."""

    name: str
    form: str
    variables: Sequence[dict[str, Any]]
    goal: float
    """How often our requests per second should be those of @neo4j/graphql, at least."""

    def ours(self) -> list[dict[str, Any]]:
        """The bodies of our requests."""
        return [{"query": _OURS[self.form], "variables": it} for it in self._chosen("scope")]

    def neo4j_graphql(self) -> list[dict[str, Any]]:
        """The bodies of requests to @neo4j/graphql."""
        document = _NEO4J_GRAPHQL[self.form]
        return [{"query": document, "variables": it} for it in self._chosen("project")]

    def raw(self) -> list[dict[str, Any]]:
        """The bodies of requests to the bare server."""
        return [{"statement": self.form, "parameters": it} for it in self._chosen("project")]

    def rows(self, answer: dict[str, Any]) -> list[Any]:
        """What any side answered, without the shape that is its own; ValueError for an error."""
        if "errors" in answer:
            raise ValueError(f"{self.name} was answered by {answer['errors']}.")
        (found,) = answer["data"].values()
        plain = _plain(found)
        return cast("list[Any]", plain) if isinstance(plain, list) else [plain]

    def _chosen(self, *unknown: str) -> list[dict[str, Any]]:
        # A variable that a document does not take is an error.
        return [
            {key: value for key, value in variables.items() if key not in unknown}
            for variables in self.variables
        ]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(inner) for inner in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    for around in ("nodes", "entity"):
        if fields.keys() == {around}:
            return _plain(fields[around])
    return {key: _plain(inner) for key, inner in fields.items()}


def operations(landmarks: Landmarks) -> list[Operation]:
    """The five, on the things of this world."""
    scope = f"{landmarks.project_id}|"
    return [
        Operation("artifact by id, 4 fields", "by_id", [{"id": id} for id in landmarks.some], 1.3),
        Operation(
            "nested, random artifact",
            "nested",
            [{"id": id, "runs": 1_000} for id in landmarks.some_used],
            1.3,
        ),
        Operation("nested, hub, 100 runs", "nested", [{"id": landmarks.hub, "runs": 100}], 2),
        Operation("nested, whole hub", "nested", [{"id": landmarks.hub, "runs": 1_000}], 2),
        Operation("list of 500, 4 fields", "list", [{"project": PROJECT, "scope": scope}], 2),
    ]
