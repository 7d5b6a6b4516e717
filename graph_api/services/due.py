"""What is due: taken batch by batch, until nothing is left but what cannot be taken now."""

from collections.abc import AsyncIterator, Awaitable, Callable


async def each(read: Callable[[int], Awaitable[list[str]]], batch: int) -> AsyncIterator[str]:
    """The keys of what is due, each once; ``read`` gives those of so many that are due longest.

    What is still due after it was taken is passed over: it is in no other's way, and waits for the
    next sweep.
    """
    failed = set[str]()
    last = set[str]()
    while True:
        found = await read(batch + len(failed) + len(last))
        failed |= last.intersection(found)
        new = [key for key in found if key not in failed]
        if not new:
            return
        for key in new:
            yield key
        last = set(new)
