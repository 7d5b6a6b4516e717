"""Bundles into the service, in the order in which they began."""

import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from graph_api.client.errors import BadArgument, GraphApiError, Unreachable
from graph_api.client.offline.bundle import Lock, Operation, bundles, operations
from graph_api.client.offline.errors import BundleInUse, BundleWaits, NoBundle
from graph_api.client.offline.journal import Journal, is_synced
from graph_api.client.offline.replay import Replay

if TYPE_CHECKING:
    from graph_api.client.client import Client

_ORGANIZATION = "{ organization { id } }"


@dataclass(frozen=True)
class Synced:
    """What became of a bundle."""

    bundle: Path
    operations: int
    """How many took effect now; 0 where all had before."""
    error: GraphApiError | None
    """Why the rest did not; the next sync goes on there."""
    at: Operation | None = None
    """The operation that did not."""


def sync(
    client: "Client", folder: Path, *, remove: bool = False, skip: int | None = None
) -> list[Synced]:
    """Send the bundles of a folder, or the one that it is, in the order in which they began.

    One that fails does not keep others from being sent, unless they use what it logged. With
    ``remove`` those go that are synced, and used by none that is not. NoBundle if there is none.
    """
    found = bundles(folder)
    if not found:
        raise NoBundle(folder, "has no bundle in it")
    if skip is not None and found != [folder]:
        raise BadArgument("An operation to skip is one of a single bundle.", "Name that bundle.")
    organization = client.execute(_ORGANIZATION)["organization"]["id"]
    outcomes = {bundle: Synced(bundle, 0, None) for bundle in found}
    waiting = found
    while waiting:
        came = sum(outcome.operations for outcome in outcomes.values())
        for bundle in waiting:
            now = _sync(client, bundle, organization, skip)
            outcomes[bundle] = replace(now, operations=now.operations + outcomes[bundle].operations)
        # Two may use each other's artifacts: one goes on when the other has come so far.
        waiting = [path for path in waiting if isinstance(outcomes[path].error, BundleWaits)]
        if came == sum(outcome.operations for outcome in outcomes.values()):
            break
    if remove:
        _remove(found)
    return [*outcomes.values()]


def _sync(client: "Client", bundle: Path, organization: str, skip: int | None) -> Synced:
    done, replay = 0, None
    try:
        with Lock(bundle).holding():
            journal = Journal(bundle, organization)
            before = journal.done
            replay = Replay(client, bundle, journal)
            try:
                replay.all(skip)
            finally:
                done = journal.done - before
    except Unreachable:
        # So are the others.
        raise
    except GraphApiError as error:
        return Synced(bundle, done, error, replay and replay.at)
    return Synced(bundle, done, None)


def _remove(found: Iterable[Path]) -> None:
    needed = {
        folder / operation.input["bundle"]
        for folder in {bundle.parent for bundle in found}
        for bundle in bundles(folder)
        if not is_synced(bundle)
        for operation in operations(bundle)
        if operation.verb == "find" and "bundle" in operation.input
    }
    for bundle in found:
        with suppress(BundleInUse), Lock(bundle).holding():
            if bundle not in needed and is_synced(bundle):
                # At once, since half a bundle would be a damaged one.
                going = bundle.with_name(f".{bundle.name}-{secrets.token_hex(4)}")
                shutil.rmtree(bundle.rename(going))
