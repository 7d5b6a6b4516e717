"""How errors of the domain reach a client: as members of a mutation's result, or by a code."""

import logging
import secrets
from typing import Any, Self

import strawberry
from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from graph_api import errors

_log = logging.getLogger("graph_api")


@strawberry.interface(description="Something that went wrong, and what can be done about it.")
class Error:
    message: str = strawberry.field(description="A sentence that the caller can act on.")
    code: str = strawberry.field(
        description="A name of the fault that does not change; docs/errors.md lists them all."
    )

    @classmethod
    def of(cls, error: errors.GraphApiError) -> Self:
        return cls(message=str(error), code=error.code)


@strawberry.type(description="What was named does not exist, or the viewer may not see it.")
class NotFoundError(Error):
    pass


@strawberry.type(description="The call can never succeed as it stands.")
class InvalidInputError(Error):
    pass


@strawberry.type(description="The call does not fit what is there already.")
class ConflictError(Error):
    path: list[strawberry.ID] = strawberry.field(
        description="Where a promotion is refused (TAINTED, POLICY_VIOLATED, POLICY_UNKNOWN): ids "
        "along which data flows, from the reason to what was to be promoted; `(hidden)` for what "
        "the viewer may not see. Else empty."
    )


@strawberry.type(description="Files of the draft have not arrived in the byte store.")
class NeedsUploadError(Error):
    paths: list[str] = strawberry.field(description="Their paths.")


@strawberry.type(description="Along the link, data would flow back to where it came from.")
class CycleError(Error):
    path: list[strawberry.ID] = strawberry.field(
        description="Ids of the entities on the cycle, from the link's source back to it."
    )


@strawberry.type(description="Something needs what was to be deleted.")
class NeededError(Error):
    path: list[strawberry.ID] = strawberry.field(
        description="Ids along which data flows, from what was to be deleted to the nearest thing "
        "that needs it; `(hidden)` for what the viewer may not see."
    )


class NotFoundHandler(strawberry.ExceptionHandler[errors.NotFound, NotFoundError]):
    def handle(
        self, exception: errors.NotFound, *, field: StrawberryField, info: Info[Any, Any]
    ) -> NotFoundError:
        return NotFoundError.of(exception)


class InvalidInputHandler(strawberry.ExceptionHandler[errors.InvalidInput, InvalidInputError]):
    def handle(
        self, exception: errors.InvalidInput, *, field: StrawberryField, info: Info[Any, Any]
    ) -> InvalidInputError:
        return InvalidInputError.of(exception)


class ConflictHandler(strawberry.ExceptionHandler[errors.Conflict, ConflictError]):
    def handle(
        self, exception: errors.Conflict, *, field: StrawberryField, info: Info[Any, Any]
    ) -> ConflictError:
        path = exception.path if isinstance(exception, errors.NotPromoted) else ()
        return ConflictError(
            message=str(exception), code=exception.code, path=[strawberry.ID(id) for id in path]
        )


class NeedsUploadHandler(strawberry.ExceptionHandler[errors.NeedsUpload, NeedsUploadError]):
    def handle(
        self, exception: errors.NeedsUpload, *, field: StrawberryField, info: Info[Any, Any]
    ) -> NeedsUploadError:
        return NeedsUploadError(message=str(exception), code=exception.code, paths=exception.paths)


class CycleHandler(strawberry.ExceptionHandler[errors.WouldCloseCycle, CycleError]):
    def handle(
        self, exception: errors.WouldCloseCycle, *, field: StrawberryField, info: Info[Any, Any]
    ) -> CycleError:
        return CycleError(
            message=str(exception),
            code=exception.code,
            path=[strawberry.ID(id) for id in exception.path],
        )


class NeededHandler(strawberry.ExceptionHandler[errors.Needed, NeededError]):
    def handle(
        self, exception: errors.Needed, *, field: StrawberryField, info: Info[Any, Any]
    ) -> NeededError:
        return NeededError(
            message=str(exception),
            code=exception.code,
            path=[strawberry.ID(id) for id in exception.path],
        )


HANDLERS = [
    NotFoundHandler(),
    InvalidInputHandler(),
    ConflictHandler(),
    NeedsUploadHandler(),
    CycleHandler(),
    NeededHandler(),
]


_OF_THE_DOCUMENT = GraphQLError, CannotGetOperationTypeError, InvalidOperationTypeError


def code(error: GraphQLError) -> None:
    """Give an error that no union takes a code, and hide what the caller did not cause."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error:
        cause = cause.original_error
    extensions: dict[str, Any]
    if isinstance(cause, errors.GraphApiError):
        extensions = {"code": cause.code}
        error.message = str(cause)
    elif cause is None or isinstance(cause, _OF_THE_DOCUMENT):
        extensions = {"code": "BAD_USER_INPUT"}
    else:
        incident = secrets.token_hex(8)
        _log.error("Incident %s at %s", incident, error.path, exc_info=cause)
        error.message = f"Internal error; the service's log has it as incident {incident}."
        extensions = {"code": "INTERNAL", "incident": incident}
    error.extensions = extensions
