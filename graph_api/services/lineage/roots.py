"""Where a walk begins, and when."""

from collections.abc import Sequence

from graph_api.errors import BadInput
from graph_api.graph import Graph
from graph_api.models.ledger import Moment
from graph_api.models.lineage import Direction
from graph_api.models.page import at_most
from graph_api.models.viewer import Viewer
from graph_api.services import entity, ledger


async def begin(
    graph: Graph, viewer: Viewer, roots: Sequence[str], depth: int | None, as_of: int | None
) -> Moment:
    """The moment of a walk from these roots: that of a seq, or the present.

    Raises UnknownId for a root that the viewer may not see, BadInput for one that came later than
    ``as_of``, for none, and for a negative depth.
    """
    if not roots:
        raise BadInput("roots is empty; name at least one entity.")
    at_most(len(roots))
    if depth is not None and depth < 0:
        raise BadInput(f"depth is {depth}; it counts edges, from 0.")
    if as_of is None:
        moment = await ledger.now(graph, viewer)
    else:
        moment = await ledger.at(graph, viewer, as_of)
    for root, reference in (await entity.locate(graph, viewer, list(roots))).items():
        if reference.since > moment.seq:
            raise BadInput(
                f"{root!r} is there since seq {reference.since}, not yet as of seq {moment.seq}."
            )
    return moment


def check_shared(direction: Direction, *, shared: bool) -> None:
    """BadInput where what all roots reach is asked of both directions."""
    if shared and direction == "BOTH":
        raise BadInput("shared is of one direction: ask UPSTREAM or DOWNSTREAM.")
