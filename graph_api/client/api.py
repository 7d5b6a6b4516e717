"""GraphQL over HTTP."""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from graph_api.client.errors import BadArgument, NotTheService
from graph_api.client.refusal import refusal
from graph_api.client.retry import BUSY, Busy, patiently, reaching

PAGE = 1000

# Inputs that are not called after the one mutation that takes them.
_INPUTS = {
    "addAliases": "AliasesInput",
    "log": "RunEntitiesInput",
    "protectAliases": "AliasProtectionInput",
    "removeAliases": "AliasesInput",
    "unprotectAliases": "AliasProtectionInput",
    "use": "RunEntitiesInput",
}

# Made twice, these do what they do once. Of the rest nobody can tell after a broken answer.
_REPEATABLE = frozenset(
    {
        "addSnapshot",
        "approve",
        "cancelJob",
        "commitArtifact",
        "completePack",
        "completeUpload",
        "deleteArtifacts",
        "finishRun",
        "heartbeat",
        "link",
        "log",
        "moveArtifactCollection",
        "protectAliases",
        "registerModel",
        "replayWebhook",
        "requestParts",
        "requestUploads",
        "restoreArtifacts",
        "revokeApproval",
        "setPolicy",
        "setReadOnly",
        "withdraw",
        "setTimeToLive",
        "unprotectAliases",
        "updateArtifactCollection",
        "updateDataset",
        "updateIntegration",
        "updateModel",
        "updateWebhook",
        "use",
    }
)

# What these are refused for may lie far upstream: it comes with the way.
_PROMOTES = frozenset(
    {
        "addAliases",
        "commitArtifact",
        "moveArtifactCollection",
        "protectAliases",
        "registerModel",
        "rollBackAlias",
        "rollBackStage",
        "setStage",
    }
)

# These would make a second one. With a key for the call, they do not.
_KEYED = frozenset(
    {
        "addNote",
        "cloneDataset",
        "createDraft",
        "deleteArtifactCollection",
        "logMetrics",
        "rollBackAlias",
        "rollBackStage",
        "startRun",
        "verifyArtifact",
    }
)

_UNTOUCHED = frozenset({"RATE_LIMITED", "TOO_BUSY"})


class Api:
    """The service's GraphQL endpoint. Safe for threads."""

    def __init__(self, url: str, api_key: str | None) -> None:
        self.url = url.rstrip("/")
        headers = {"accept": "application/json", "x-graph-api": "1"}
        if api_key:
            headers["authorization"] = f"Bearer {api_key}"
        self.http = httpx.Client(headers=headers, timeout=httpx.Timeout(60, connect=5))

    def execute(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        repeatable: bool | None = None,
    ) -> dict[str, Any]:
        """The ``data`` of the answer; the first of its errors is raised.

        ``repeatable`` says whether the request may be sent again after a broken answer; left
        out, that holds for every document without a mutation.
        """
        if repeatable is None:
            repeatable = re.search(r"\b(mutation|subscription)\b", document) is None
        try:
            body = json.dumps(
                {"query": document, "variables": dict(variables or {})}, allow_nan=False
            )
        except (TypeError, ValueError) as error:
            raise BadArgument(f"A variable is not JSON: {error}.") from error
        response = self._post(body, repeatable)
        return _data(self.url, response)

    def _post(self, body: str, repeatable: bool) -> httpx.Response:
        def attempt() -> httpx.Response:
            response = self.http.post(
                f"{self.url}/graphql",
                content=body,
                headers={"content-type": "application/json"},
            )
            if response.status_code in BUSY:
                raise Busy(response, untouched=_untouched(response))
            return response

        with reaching(self.url, self.next_step):
            try:
                return patiently(attempt, repeatable=repeatable)
            except Busy as busy:
                if "json" in busy.response.headers.get("content-type", ""):
                    return busy.response
                raise

    def opened(
        self, path: str, parameters: Mapping[str, str | int | Sequence[str]], accept: str
    ) -> httpx.Response:
        """The answer of another route to a GET, to be read and closed; Busy if it stays so."""
        request = self.http.build_request(
            "GET", f"{self.url}{path}", params=dict(parameters), headers={"accept": accept}
        )

        def attempt() -> httpx.Response:
            response = self.http.send(request, stream=True)
            if response.status_code in BUSY:
                response.read()
                raise Busy(response)
            return response

        return patiently(attempt, repeatable=True)

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    @property
    def next_step(self) -> str:
        """What to do when nothing answers."""
        return "Is `graph-api serve` running there? Another address is named by GRAPH_API_URL."

    def mutate(
        self,
        verb: str,
        payload: str,
        selection: str,
        input: Mapping[str, Any],
        errors: str = "",
    ) -> dict[str, Any]:
        """The selected fields of the payload; an error member of the union is raised.

        ``errors`` selects what one of them has beyond its code and message.
        """
        if verb in _KEYED:
            input = {"idempotencyKey": secrets.token_hex(16), **input}
        if verb in _PROMOTES:
            errors += " ... on ConflictError { path }"
        input_type = _INPUTS.get(verb, f"{verb[0].upper()}{verb[1:]}Input")
        document = (
            f"mutation ($input: {input_type}!) {{ {verb}(input: $input) {{ __typename "
            f"... on {payload} {{ {selection} }} ... on Error {{ code message }} {errors} }} }}"
        )
        answer: dict[str, Any] = self.execute(
            document, {"input": input}, repeatable=verb in _REPEATABLE | _KEYED
        )[verb]
        if answer["__typename"] != payload:
            raise refusal(answer["message"], answer["code"], answer.get("path", ()))
        return answer

    def pages(
        self, document: str, variables: Mapping[str, Any], *path: str
    ) -> Iterator[dict[str, Any]]:
        """Every page of a connection, which lies at ``path`` in the data.

        The document takes ``$first`` and ``$after`` and selects ``pageInfo``. Nothing is yielded
        if something on the path is null.
        """
        after: str | None = None
        while True:
            page: Any = self.execute(document, {**variables, "first": PAGE, "after": after})
            for key in path:
                page = page[key]
                if page is None:
                    return
            yield page
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


def _untouched(response: httpx.Response) -> bool:
    """Whether the service says that it did not begin with the request."""
    try:
        errors = response.json()["errors"]
        return bool(errors) and all(error["extensions"]["code"] in _UNTOUCHED for error in errors)
    except (ValueError, KeyError, TypeError):
        return False


def _data(url: str, response: httpx.Response) -> dict[str, Any]:
    try:
        answer: Any = response.json()
        errors: list[Any] = answer.get("errors") or []
        data: Any = answer.get("data")
        if errors:
            extensions: dict[str, Any] = errors[0].get("extensions") or {}
            raise refusal(str(errors[0]["message"]), str(extensions.get("code", "INTERNAL")))
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise NotTheService(url, response.status_code) from error
    if not isinstance(data, dict):
        raise NotTheService(url, response.status_code)
    return data  # pyright: ignore[reportUnknownVariableType]
