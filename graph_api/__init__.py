"""graph-api: which bytes exactly, where they came from, and what depends on them."""

from graph_api.client.approval import Approval
from graph_api.client.artifact import Artifact
from graph_api.client.artifact_type import ArtifactType
from graph_api.client.client import Client
from graph_api.client.collection import Collection
from graph_api.client.containing import Containing, ReachedModel, ReachedModels
from graph_api.client.dataset import Dataset, Snapshot
from graph_api.client.deletion import Blocker, DeletePlan
from graph_api.client.entity import Entity
from graph_api.client.errors import (
    BadArgument,
    BadMetadata,
    BadPath,
    CannotRead,
    CannotSave,
    Collapsed,
    ExpiresSoon,
    FileChanged,
    FileMissing,
    GraphApiError,
    NameMissing,
    NamesCollide,
    Needed,
    NotADraft,
    NotFound,
    NotLogged,
    OnlyAReference,
    PackageMissing,
    PathTaken,
    PickleRefused,
    PickleRisk,
    ProjectMissing,
    Refused,
    RemoteChanged,
    RemoteRefused,
    SameContent,
    Sealed,
    SeveralFiles,
    StoreRefused,
    TooManyObjects,
    UnknownPath,
    Unreachable,
    UntrustedTypes,
    VerificationFailed,
    WrongBytes,
    WrongKey,
)
from graph_api.client.file import File
from graph_api.client.history import HistoryEntry, Past
from graph_api.client.hit import Hit
from graph_api.client.integration import Integration, IntegrationOptions
from graph_api.client.job import Job, JobError, StillInProgress
from graph_api.client.lineage import (
    AncestorDifference,
    EntityDifference,
    Lineage,
    LineageDiff,
    LineageEdge,
    LineageGroup,
    LineageGroupEdge,
    LineageNode,
    LineagePath,
    LineageStep,
    LineageStream,
    LineageSummary,
    ValueDifference,
)
from graph_api.client.metric import Metric, MetricPoint
from graph_api.client.model import Model, ModelVersion
from graph_api.client.note import Note
from graph_api.client.offline import Synced
from graph_api.client.period import Period
from graph_api.client.policy import Policy, PolicyCheck, Violation
from graph_api.client.refusal import PolicyUnknown, PolicyViolated, Tainted
from graph_api.client.run import Run
from graph_api.client.storage import Storage
from graph_api.client.unknown import Offline, UnknownOffline
from graph_api.client.webhook import Webhook
from graph_api.client.withdrawal import Recall, Recalled, Taint

__all__ = [
    "AncestorDifference",
    "Approval",
    "Artifact",
    "ArtifactType",
    "BadArgument",
    "BadMetadata",
    "BadPath",
    "Blocker",
    "CannotRead",
    "CannotSave",
    "Client",
    "Collapsed",
    "Collection",
    "Containing",
    "Dataset",
    "DeletePlan",
    "Entity",
    "EntityDifference",
    "ExpiresSoon",
    "File",
    "FileChanged",
    "FileMissing",
    "GraphApiError",
    "HistoryEntry",
    "Hit",
    "Integration",
    "IntegrationOptions",
    "Job",
    "JobError",
    "Lineage",
    "LineageDiff",
    "LineageEdge",
    "LineageGroup",
    "LineageGroupEdge",
    "LineageNode",
    "LineagePath",
    "LineageStep",
    "LineageStream",
    "LineageSummary",
    "Metric",
    "MetricPoint",
    "Model",
    "ModelVersion",
    "NameMissing",
    "NamesCollide",
    "Needed",
    "NotADraft",
    "NotFound",
    "NotLogged",
    "Note",
    "Offline",
    "OnlyAReference",
    "PackageMissing",
    "Past",
    "PathTaken",
    "Period",
    "PickleRefused",
    "PickleRisk",
    "Policy",
    "PolicyCheck",
    "PolicyUnknown",
    "PolicyViolated",
    "ProjectMissing",
    "ReachedModel",
    "ReachedModels",
    "Recall",
    "Recalled",
    "Refused",
    "RemoteChanged",
    "RemoteRefused",
    "Run",
    "SameContent",
    "Sealed",
    "SeveralFiles",
    "Snapshot",
    "StillInProgress",
    "Storage",
    "StoreRefused",
    "Synced",
    "Taint",
    "Tainted",
    "TooManyObjects",
    "UnknownOffline",
    "UnknownPath",
    "Unreachable",
    "UntrustedTypes",
    "ValueDifference",
    "VerificationFailed",
    "Violation",
    "Webhook",
    "WrongBytes",
    "WrongKey",
]
