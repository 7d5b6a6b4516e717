"""What a policy has against a promotion."""

from collections.abc import Sequence

from graph_api.errors.base import NotPromoted, way


class PolicyViolated(NotPromoted):
    """A promotion of what breaks a rule of the project's policy, or came of what does."""

    code = "POLICY_VIOLATED"

    def __init__(self, project: str, says: str, path: Sequence[str], others: int) -> None:
        more = f" policyCheck lists {others:,} more." if others else ""
        along = f"; the way is {way(path)}" if len(path) > 1 else ""
        super().__init__(
            f"{path[-1]!r} breaks the policy of the project {project!r}: {says}{along}.{more}", path
        )


class PolicyUnknown(NotPromoted):
    """Whether a promotion breaks the project's policy cannot be told."""

    code = "POLICY_UNKNOWN"

    def __init__(self, project: str, id: str, because: str, path: Sequence[str]) -> None:
        along = f", along {way(path)}" if path else ""
        why = (
            f"it came of what you may not see{along}. Have it promoted by somebody who "
            "sees that, or hidden: ALLOW set in the policy"
            if because == "PERMISSION"
            else "what it came of was not read in time. Try again, or promote what came of less"
        )
        super().__init__(
            f"Whether {id!r} keeps to the policy of the project {project!r} is unknown: {why}.",
            path,
        )
