"""What is known of an artifact that was logged offline."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_api.client.offline.bundle import Operation, bundles, content, operations
from graph_api.client.offline.journal import is_synced
from graph_api.client.records import ArtifactRecord

_CHANGES = frozenset({"logArtifact", "updateArtifact", "addAliases", "removeAliases"})


@dataclass
class Logged:
    """An artifact in a bundle, as it is after all that was said of it."""

    id: str
    bundle: Path
    said: dict[str, Any]
    """The input of the operation that logged it, as later ones have changed it."""

    @property
    def record(self) -> ArtifactRecord:
        """Of number, digest and times nothing is known; a version is, if it was chosen."""
        said, files = self.said, self.said["files"]
        return ArtifactRecord.part(
            id=self.id,
            project=said["project"],
            name=said["name"],
            type=said["type"],
            version=said["version"] or f"?{self.id}",
            state="COMMITTED",
            size=sum(file["size"] or 0 for file in files),
            file_count=len(files),
            description=said["description"] or None,
            metadata=said["metadata"],
            system_metadata=said.get("systemMetadata") or {},
            tags=said["tags"],
            aliases=said["aliases"],
            deleted_at=None,
            deleted_by=None,
            purge_at=None,
            time_to_live=None,
            expires_at=None,
        )

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Its files, as GraphQL would describe them."""
        return [
            {
                **file,
                "downloadUrl": content(self.bundle, file["sha256"]).as_uri()
                if file["sha256"]
                else None,
            }
            for file in sorted(self.said["files"], key=lambda file: file["path"].encode())
        ]

    def change(self, verb: str, input: dict[str, Any]) -> None:
        """Take over what ``updateArtifact``, ``addAliases`` or ``removeAliases`` says."""
        said = dict(self.said)
        if verb == "updateArtifact":
            given = ("description", "metadata", "systemMetadata")
            said |= {name: input[name] for name in given if input[name] is not None}
            said["tags"] = _changed(said["tags"], input["addTags"], input["removeTags"])
        elif verb == "addAliases":
            said["aliases"] = _changed(said["aliases"], input["aliases"], [])
        else:
            said["aliases"] = _changed(said["aliases"], [], input["aliases"])
        self.said = said

    def answers(self, project: str, name: str, version: str) -> bool:
        """Whether it has this version or alias of the name; ``latest`` is any."""
        said = self.said
        return (said["project"], said["name"]) == (project, name) and version in (
            "latest",
            said["version"],
            *said["aliases"],
        )


def logged(folder: Path) -> Iterator[Logged]:
    """Every artifact that was logged into the folder and is not synced, the oldest first."""
    found: list[tuple[Operation, Logged]] = []
    for bundle in bundles(folder):
        if not is_synced(bundle):
            here: dict[str, Logged] = {}
            for operation in operations(bundle):
                if operation.verb not in _CHANGES:
                    continue
                if operation.makes:
                    made = Logged(operation.makes, bundle, operation.input)
                    here[made.id] = made
                    found.append((operation, made))
                elif known := here.get(
                    operation.input.get("artifact") or operation.input.get("id", "")
                ):
                    known.change(operation.verb, operation.input)
    yield from (made for _, made in sorted(found, key=lambda both: both[0].at))


def _changed(names: list[str], more: list[str], fewer: list[str]) -> list[str]:
    return [name for name in dict.fromkeys([*names, *more]) if name not in fewer]
