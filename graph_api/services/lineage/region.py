"""What is told of the hidden: regions, by what they touch, and nothing of what is in them."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from graph_api.models.lineage import Region


def regions(
    hidden: Mapping[str, int], edges: Sequence[tuple[str, str]], shown: Container[str]
) -> list[Region]:
    """The connected parts of hidden entities (by their depths), as far as they touch what is shown.

    ``edges`` are those with a hidden end, as source and target. Regions that touch the same are
    told as one: their number would say how many hidden entities there are at least.
    """
    part_of = _parts(hidden, edges)
    depths: dict[str, int] = {}
    for id, part in part_of.items():
        depths[part] = min(hidden[id], depths.get(part, hidden[id]))
    sources, targets = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for source, target in edges:
        if source in shown:
            sources[part_of[target]].add(source)
        elif target in shown:
            targets[part_of[source]].add(target)
    told = {
        Region(depth, tuple(sorted(sources[part])), tuple(sorted(targets[part])))
        for part, depth in depths.items()
        if sources[part] or targets[part]
    }
    return sorted(told)


def _parts(hidden: Iterable[str], edges: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Each hidden entity, and one that stands for all that it is connected with."""
    beside = defaultdict[str, list[str]](list)
    for source, target in edges:
        beside[source].append(target)
        beside[target].append(source)
    part_of: dict[str, str] = {}
    hidden = set(hidden)
    for start in hidden:
        waiting = [] if start in part_of else [start]
        part_of.setdefault(start, start)
        while waiting:
            for id in beside[waiting.pop()]:
                if id in hidden and id not in part_of:
                    part_of[id] = start
                    waiting.append(id)
    return part_of
