"""One process of the sweeper's proof: ``python -m tests.proof.sweeping commit|sweep SEED``.

``commit`` logs a version of few contents for each line of its standard input, reads it back from
the store, and says its id on standard output. ``sweep`` sweeps without pause, as if all signed URLs
had expired, and says how many things it took. The settings come by the environment.
"""

import asyncio
import hashlib
import random
import sys
from datetime import timedelta

from graph_api.blobs import BlobStore, blob_store
from graph_api.errors import NeedsUpload
from graph_api.graph import Graph, connect
from graph_api.models import instant
from graph_api.models.artifact import NewArtifact, upload_prefix
from graph_api.models.manifest import Entry
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, blob, organization
from graph_api.services.sweep import sweep
from graph_api.settings import Limits, Settings

LIMITS = Limits()
HOUR = timedelta(hours=1)
LATER = 3 * HOUR // timedelta(microseconds=1)
# Few, so that processes share them, lose them to the sweep and bring them again.
CONTENTS = [f"content {number}".encode() * 50 for number in range(4)]


async def main(what: str, seed: int) -> None:
    """Commit until there is no more input; sweep until killed."""
    settings, chance = Settings(), random.Random(seed)
    async with connect(settings) as graph:
        blobs = blob_store(settings)
        default = await organization.ensure_default(graph)
        viewer = Viewer(user=f"process {seed}", organization_id=default.id)
        while what == "sweep":
            swept = await sweep(graph, blobs, instant.now() + LATER)
            print(swept.objects + swept.pages + swept.blobs, flush=True)
        for trial, _ in enumerate(sys.stdin):
            print(await _trial(graph, blobs, viewer, f"name-{seed}", chance, trial), flush=True)


async def _trial(
    graph: Graph, blobs: BlobStore, viewer: Viewer, name: str, chance: random.Random, trial: int
) -> str:
    chosen = chance.sample(CONTENTS, 2)
    files = {f"file-{place}": data for place, data in enumerate(chosen)}
    entries = [
        Entry(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())
        for path, data in files.items()
    ]
    new = NewArtifact(project="proof", name=name, type="dataset", deduplicate=False)
    draft = await artifact.create_draft(graph, viewer, LIMITS, new)
    while True:
        wanted, _ = await artifact.request_uploads(
            graph, blobs, viewer, LIMITS, draft, entries, HOUR
        )
        for entry, data, url in zip(entries, chosen, wanted, strict=True):
            if url:
                await blobs.put(f"{upload_prefix(draft)}{entry.sha256}", data)
        if trial % 7 == 0:
            # Some are given up, with their uploads.
            await artifact.delete_draft(graph, viewer, draft)
            return f"deleted {draft}"
        try:
            made = await artifact.commit(graph, blobs, viewer, draft)
        except NeedsUpload:
            continue
        await _read_back(graph, blobs, viewer, made.id, files)
        return f"committed {made.id}"


async def _read_back(
    graph: Graph, blobs: BlobStore, viewer: Viewer, id: str, files: dict[str, bytes]
) -> None:
    page = await artifact.files(graph, blobs, viewer, id, Window(10))
    found = await blob.by_digests(graph, viewer, [file.sha256 or "" for file in page.items])
    read = {
        file.path: b"".join([chunk async for chunk in blobs.read(one.key)])
        for file, one in zip(page.items, found, strict=True)
        if one
    }
    assert read == files, (id, sorted(read))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
