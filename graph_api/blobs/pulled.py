"""An asynchronous stream as the file that a blocking client reads."""

from collections.abc import AsyncIterator

from anyio import CancelScope, from_thread


class StreamEnded(Exception):
    """The stream raised (``__cause__``), or nobody waits for its end any more."""


class Pulled:
    """Reads ``chunks`` from a worker thread of the task that owns them, in flat memory."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = bytearray()
        self._scope: CancelScope | None = None
        self._abandoned = False
        self.taken = 0

    def abandon(self) -> None:
        """End the stream: the thread may work on after its task was cancelled."""
        self._abandoned = True
        if self._scope is not None:
            self._scope.cancel()

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, fewer only at the end; StreamEnded where the stream fails."""
        try:
            data = from_thread.run(self._gather, size)
        # A cancellation, too, must reach the client as an error that makes it clean up.
        except BaseException as error:
            raise StreamEnded from error
        if self._abandoned:
            raise StreamEnded
        return data

    async def _gather(self, size: int) -> bytes:
        if self._abandoned:
            return b""
        with CancelScope() as self._scope:
            while len(self._rest) < size:
                chunk = await anext(self._chunks, None)
                if chunk is None:
                    break
                self._rest += chunk
        data = bytes(memoryview(self._rest)[:size])
        del self._rest[:size]
        self.taken += len(data)
        return data
