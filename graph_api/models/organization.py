"""An organization: the outermost scope, with one ledger."""

from graph_api.models.entity import Named

DEFAULT = "default"


class Organization(Named, frozen=True):
    """Holds projects; lineage crosses those, never organizations."""

    kind = "Organization"
