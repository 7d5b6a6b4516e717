"""Calls that may come twice, in the schema."""

from dataclasses import asdict

import strawberry

from graph_api.models.idempotency import Call
from graph_api.services import idempotency


@strawberry.input(description="A call that may come twice.")
class Repeatable:
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="A key of your own for this call, at most 200 characters. The same call again "
        "within a day changes nothing and has the same answer; another with it is refused.",
    )

    def call(self) -> Call | None:
        """The call, as the services take it."""
        request = asdict(self)
        key = request.pop("idempotency_key")
        return idempotency.call(key, [type(self).__name__, request])
