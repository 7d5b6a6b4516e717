"""The time that one request has, or one event of a subscription."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from inspect import isawaitable
from typing import Any, cast

from strawberry.extensions import SchemaExtension

from graph_api.errors import DeadlineExceeded
from graph_api.models import deadline
from graph_api.schema.columns import ByColumns
from graph_api.schema.context import Context


class Deadline(SchemaExtension):
    """Ends the execution that takes too long, and with it its statements in the graph."""

    async def on_execute(self) -> AsyncGenerator[None]:
        """DeadlineExceeded where the time was not enough."""
        context: Context = self.execution_context.context
        try:
            async with _within(context.settings.request_seconds):
                yield
        finally:
            if not context.lasting:
                context.stop_loading()


class Execution(ByColumns):
    """Executes each event as a request of its own: within that time, and only so many at once."""

    _event = False

    def build_per_event_executor(self, payload: Any) -> Any:
        """What executes one event."""
        executor = cast("Any", super()).build_per_event_executor(payload)
        executor._event = True
        # A copy shares what it knows of selections, which each event collects anew.
        executor._selections, executor._relevant_sub_fields = {}, {}
        return executor

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The result; of an event, once it is its turn."""
        if not self._event:
            return super().execute_operation(serially)
        return self._in_turn(partial(super().execute_operation, serially))

    async def _in_turn(self, execute: Callable[[], Any]) -> Any:
        async with turn(self.context_value):
            result = execute()
            return await result if isawaitable(result) else result


@asynccontextmanager
async def turn(context: Context) -> AsyncGenerator[None]:
    """One of the turns that subscriptions take, for no longer than a request has."""
    async with (
        context.changes.turns.take(context.viewer.user),
        _within(context.settings.request_seconds),
    ):
        yield


@asynccontextmanager
async def _within(seconds: float) -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(seconds):
            with deadline.within(seconds):
                yield
    except TimeoutError as error:
        raise DeadlineExceeded(seconds) from error
