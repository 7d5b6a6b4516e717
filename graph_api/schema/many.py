"""Resolvers that answer for many objects at once.

A page of neighbours for each of a hundred runs is one batch function's answer. A resolver that is
asked by columns (``schema.columns``) makes the hundred pages in one call, not in a hundred tasks
that wait for each other; graphql-core asks the same resolver object by object.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar, get_args

Object = TypeVar("Object")
Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")

_MANY = "answers_for_many"


def of_many(
    resolve: Callable[Concatenate[Sequence[Object], Arguments], Awaitable[list[Answer]]],
) -> Callable[Concatenate[Object, Arguments], Awaitable[Answer]]:
    """The resolver of a field by a static method that takes some objects: the answer of each."""
    many: Any = resolve.__func__ if isinstance(resolve, staticmethod) else resolve

    async def one(self: Object, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        (answer,) = await many([self], *args, **kwargs)
        return answer

    of = inspect.signature(many)
    objects, *others = of.parameters.values()
    answer: Any = get_args(of.return_annotation)[0]
    own = objects.replace(name="self", annotation=inspect.Parameter.empty)
    signature = of.replace(parameters=[own, *others], return_annotation=answer)
    vars(one).update({_MANY: many, "__signature__": signature})
    one.__name__, one.__module__ = many.__name__, many.__module__
    return one


def for_many(resolver: Callable[..., Any]) -> Callable[..., Awaitable[list[Any]]] | None:
    """What a resolver answers many objects by, if it can."""
    return getattr(resolver, _MANY, None)
