"""Content negotiation by ``Accept`` (RFC 9110, 12.5.1)."""

from collections.abc import Sequence

from starlette.requests import Request


def preferred(request: Request, offered: Sequence[str]) -> str | None:
    """The media type that the request would rather have, None where it takes none of them.

    Of those that it wants equally, one that it names comes before one that a wildcard takes, then
    the one that it names first, then the one that is offered first.
    """
    accept = ",".join(request.headers.getlist("accept"))
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    best: tuple[float, int, int] = (0, 0, 0)
    found = None
    for media_type in offered:
        names = ["*/*", f"{media_type.partition('/')[0]}/*", media_type]
        taken = [
            (names.index(name), -place, quality)
            for place, (name, quality) in enumerate(ranges)
            if name in names
        ]
        if taken:
            # The most specific range is the one that counts.
            specificity, place, quality = max(taken)
            if quality > 0 and (found is None or (quality, specificity, place) > best):
                best, found = (quality, specificity, place), media_type
    return found


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = min(max(float(parameter[2:]), 0), 1)
            except ValueError:
                quality = 0
    return name, quality
