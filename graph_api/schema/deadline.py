"""The time that one request has."""

import asyncio
from collections.abc import AsyncGenerator

from strawberry.extensions import SchemaExtension

from graph_api.errors import DeadlineExceeded
from graph_api.models import deadline
from graph_api.schema.context import Context


class Deadline(SchemaExtension):
    """Ends the execution that takes too long, and with it its statements in the graph."""

    async def on_execute(self) -> AsyncGenerator[None]:
        """DeadlineExceeded where the time was not enough."""
        context: Context = self.execution_context.context
        seconds = context.settings.request_seconds
        try:
            async with asyncio.timeout(seconds):
                with deadline.within(seconds):
                    yield
        except TimeoutError as error:
            raise DeadlineExceeded(seconds) from error
