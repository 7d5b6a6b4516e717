"""Types of artifacts that have a name of their own."""

from enum import StrEnum


class ArtifactType(StrEnum):
    """What an artifact is, as other clients call it; any other text is a type, too.

    What is none of these is ``OTHER``: any Python object, saved by ``add_object``.
    """

    DATASET = "dataset"
    EXPLAINER = "explainer"
    KNOWLEDGE_GRAPH = "knowledge-graph"
    MODEL = "model"
    NLPROCESSOR = "language-processor"
    OTHER = "other"
    SCHEMA = "schema"
